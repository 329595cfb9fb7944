//! Federation: people whom their organisation's OpenID provider vouches for (OpenID Connect Core
//! 1.0; RFC 7636; RFC 9126; RFC 9207; RFC 7523).
//!
//! A provider is believed only as far as two people of the organisation said, value by value: what
//! its map does not name proves nothing. Whom it vouches for is known by its own name for them,
//! linked by an invitation, never by a mail address or a name. An account that is linked has no
//! other way in.

mod assurance;
mod client_key;
mod departure;
mod discovery;
mod fetch;
mod id_token;
mod linked;
mod provider;
mod record;
mod registration;
mod returned;

pub use assurance::{Assurance, AssuranceMap, InvalidMap};
pub(crate) use departure::Begun;
pub use departure::Departure;
pub(crate) use fetch::NoFetch;
pub use fetch::{Ask, Fetch, FetchFailed, Fetched, Fetching};
pub(crate) use linked::{FederatedLink, Links};
pub(crate) use provider::{Known, Providers};
pub use provider::{Provider, ProviderView};
pub(crate) use record::{FEDERATED, PROVIDERS, ProviderRecord, federated, owner};
pub use registration::NewProvider;
pub use returned::{Arrived, Returned};
