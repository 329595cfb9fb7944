//! The OpenID providers of an organisation: one person proposes, another approves.

pub(crate) mod add;
pub(crate) mod list;
pub(crate) mod show;
pub(crate) mod standing;

#[cfg(test)]
pub(crate) use {add::AddProvider, list::ProviderList, show::ShowProvider};
