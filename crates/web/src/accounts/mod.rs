//! The organisation's accounts: made, let in, shut out, recovered. Who may is policy's to say, for
//! each step anew, and every change wants a fresh proof that can't be phished.

pub(crate) mod add;
mod add_page;
mod door;
pub(crate) mod link;
mod link_page;
pub(crate) mod list;
pub(crate) mod recovery;
pub(crate) mod show;
mod show_page;
pub(crate) mod standing;
mod state;

pub(crate) use door::may;
pub(crate) use state::State;

#[cfg(test)]
pub(crate) use {
    add_page::AddAccount, link_page::LinkPage, list::AccountList, show_page::ShowAccount,
};
