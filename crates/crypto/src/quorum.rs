//! Splitting a key among operators, and joining it again.

use std::convert::Infallible;

use rand::{TryCryptoRng, TryRng};
use ward_core::Random;
use zeroize::Zeroizing;

use crate::{
    CryptoError, Share,
    derive::{KeyBytes, fresh},
};

/// More operators than that are a crowd.
const MOST_SHARES: u8 = 32;

/// A new key, the id of its quorum, and its shares.
pub(crate) fn deal(
    needed: u8,
    shares: u8,
    random: &dyn Random,
) -> Result<(KeyBytes, [u8; 4], Vec<Share>), CryptoError> {
    if !(2..=shares).contains(&needed) || shares > MOST_SHARES {
        return Err(CryptoError::BadQuorum);
    }
    let key = fresh(random);
    let mut quorum = [0; 4];
    random.fill(&mut quorum);
    let points = blahaj::Sharks(needed).dealer_rng(key.as_slice(), &mut Source(random));
    let dealt = points.take(usize::from(shares)).map(|point| {
        let bytes = Zeroizing::new(Vec::from(&point));
        let (index, value) = bytes.split_first()?;
        let value = Zeroizing::new(value.try_into().ok()?);
        Some(Share {
            quorum,
            needed,
            index: *index,
            value,
        })
    });
    let dealt = dealt.collect::<Option<_>>().ok_or(CryptoError::BadQuorum)?;
    Ok((key, quorum, dealt))
}

/// The key of which these are shares. Whether it is the right one, the seal that it opens tells.
pub(crate) fn recover(
    needed: u8,
    quorum: &[u8],
    shares: &[Share],
) -> Result<KeyBytes, CryptoError> {
    if shares
        .iter()
        .any(|share| share.quorum != quorum || share.needed != needed)
    {
        return Err(CryptoError::ForeignShare);
    }
    // Two points at one place would be joined as if they were two places.
    let mut distinct: Vec<&Share> = shares.iter().collect();
    distinct.sort_by_key(|share| share.index);
    distinct.dedup_by_key(|share| share.index);
    let given = distinct.len();
    if given < usize::from(needed) || needed < 2 {
        return Err(CryptoError::SharesMissing { given, needed });
    }
    let points = distinct.iter().map(|share| {
        let bytes = Zeroizing::new([&[share.index], share.value.as_slice()].concat());
        blahaj::Share::try_from(bytes.as_slice())
    });
    let points: Vec<_> = points
        .collect::<Result<_, _>>()
        .map_err(|_| CryptoError::ForeignShare)?;
    let scheme = blahaj::Sharks(needed);
    let key = scheme
        .recover(&points)
        .map_err(|_| CryptoError::SharesMissing { given, needed })?;
    let key = Zeroizing::new(key);
    key.as_slice()
        .try_into()
        .map(Zeroizing::new)
        .map_err(|_| CryptoError::ForeignShare)
}

/// Ward's randomness as the crate of the shares wants it.
struct Source<'a>(&'a dyn Random);

impl TryRng for Source<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Source<'_> {}
