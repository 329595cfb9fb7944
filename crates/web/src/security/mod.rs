//! The security page: who can get in, how well each is secured, what was tried, and what was
//! opened in an emergency. For those who govern information, of their own organisation; to look is
//! written down.

pub(crate) mod accounts;
mod accounts_page;
mod chart;
pub(crate) mod clients;
mod clients_page;
mod door;
pub(crate) mod emergency;
mod emergency_page;
mod figures;
pub(crate) mod overview;
mod overview_page;
mod person;
pub(crate) mod sign_ins;
mod sign_ins_page;
mod tally;

#[cfg(test)]
pub(crate) use {
    accounts_page::AccountsPage, clients_page::ClientsPage, emergency_page::EmergencyPage,
    overview_page::Overview, sign_ins_page::SignInsPage,
};
