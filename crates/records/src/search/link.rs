//! Paging links: sealed, for one account, for a while. They show nothing of the search.

use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Encode};
use ward_core::limits;

use super::Search;
use crate::{Door, Error};

/// The longest link that is looked at: one of the longest search.
const LINK_BYTES: usize = 2 * limits::SEARCH_PARAMETERS * limits::SEARCH_VALUE_BYTES;

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Place {
    /// At the first hit.
    #[n(0)]
    Start,
    /// After a row, in the order of the store.
    #[n(1)]
    After(#[n(0)] u64),
    /// At a hit, in the order that the query asks for.
    #[n(2)]
    Offset(#[n(0)] u64),
}

/// What a link holds.
pub(crate) struct Link {
    pub(crate) search: Search,
    pub(crate) place: Place,
}

/// What is sealed: the organisation is bound by the seal itself.
#[derive(Encode, Decode)]
struct Sealed {
    #[cbor(n(0), with = "minicbor::bytes")]
    account: [u8; 16],
    /// Microseconds since 1970.
    #[n(1)]
    expires: i64,
    #[n(2)]
    resource_type: String,
    #[n(3)]
    pairs: Vec<(String, String)>,
    #[n(4)]
    place: Place,
}

impl Door<'_> {
    pub(crate) fn seal_link(&self, search: &Search, place: Place) -> String {
        let sealed = Sealed {
            account: *self.assured().account().as_bytes(),
            expires: (self.records.clock.now() + limits::PAGING_LINK).as_micros(),
            resource_type: search.resource_type.clone(),
            pairs: search.pairs.clone(),
            place,
        };
        // Encoding into a vector can't fail; a link that could not be made would not open either.
        let plain = minicbor::to_vec(&sealed).unwrap_or_default();
        BASE64URL_NOPAD.encode(&self.own.keys.seal_link(&plain, &*self.records.random))
    }

    pub(crate) fn open_link(&self, link: &str) -> Result<Link, Error> {
        if link.len() > LINK_BYTES {
            return Err(Error::BadLink);
        }
        let bytes = BASE64URL_NOPAD
            .decode(link.as_bytes())
            .map_err(|_| Error::BadLink)?;
        let plain = self
            .own
            .keys
            .open_link(&bytes)
            .map_err(|_| Error::BadLink)?;
        let sealed: Sealed = minicbor::decode(&plain).map_err(|_| Error::BadLink)?;
        let own = sealed.account == *self.assured().account().as_bytes();
        if !own || sealed.expires <= self.records.clock.now().as_micros() {
            return Err(Error::BadLink);
        }
        let Sealed {
            resource_type,
            pairs,
            place,
            ..
        } = sealed;
        Ok(Link {
            search: Search {
                resource_type,
                pairs,
            },
            place,
        })
    }
}
