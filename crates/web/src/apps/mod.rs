//! The organisation's apps, which people use, and its services, which act for themselves: each
//! proposed by one and approved by another. Who may is policy's to say, for each step anew.

pub(crate) mod add;
mod add_page;
pub(crate) mod list;
pub(crate) mod show;
mod show_page;
pub(crate) mod standing;
mod state;

pub(crate) use state::State;
#[cfg(test)]
pub(crate) use {add_page::AddApp, list::AppList, show_page::ShowApp};

/// A registration's days, as they are typed: a year at most, then two people look at it again.
pub(crate) fn days(typed: &str) -> Option<std::time::Duration> {
    let days: u64 = typed.parse().ok()?;
    (1..=366)
        .contains(&days)
        .then(|| std::time::Duration::from_hours(24 * days))
}
