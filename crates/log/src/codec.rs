//! How the ids of `ward-core` stand in CBOR: ids as bytes, names as text, time as an integer.

use std::{fmt::Display, net::IpAddr, str::FromStr};

use minicbor::{
    Decoder, Encoder,
    decode::Error as Unreadable,
    encode::{Error as Unwritable, Write},
};
use ward_core::{AccountId, PatientId, RequestId, ResourceKey, SessionId, Timestamp};

/// A type that stands as one CBOR item, never null.
pub(crate) trait Wire: Sized {
    fn write<W: Write>(&self, encoder: &mut Encoder<W>) -> Result<(), Unwritable<W::Error>>;
    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Unreadable>;
}

macro_rules! bytes_16 {
    ($($id:ty),*) => {$(
        impl Wire for $id {
            fn write<W: Write>(&self, e: &mut Encoder<W>) -> Result<(), Unwritable<W::Error>> {
                e.bytes(self.as_bytes())?.ok()
            }

            fn read(d: &mut Decoder<'_>) -> Result<Self, Unreadable> {
                let bytes = d.bytes()?.try_into();
                bytes.map(Self::from_bytes).map_err(|_| Unreadable::message("not 16 bytes"))
            }
        }
    )*};
}

bytes_16!(AccountId, SessionId, RequestId);

impl Wire for ResourceKey {
    fn write<W: Write>(&self, encoder: &mut Encoder<W>) -> Result<(), Unwritable<W::Error>> {
        encoder.str(self.as_str())?.ok()
    }

    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Unreadable> {
        named(Self::from_str(decoder.str()?))
    }
}

impl Wire for PatientId {
    fn write<W: Write>(&self, encoder: &mut Encoder<W>) -> Result<(), Unwritable<W::Error>> {
        encoder.str(self.as_str())?.ok()
    }

    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Unreadable> {
        named(Self::new(decoder.str()?))
    }
}

fn named<T, E: Display>(parsed: Result<T, E>) -> Result<T, Unreadable> {
    parsed.map_err(Unreadable::message)
}

impl Wire for Timestamp {
    fn write<W: Write>(&self, encoder: &mut Encoder<W>) -> Result<(), Unwritable<W::Error>> {
        encoder.i64(self.as_micros())?.ok()
    }

    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Unreadable> {
        decoder.i64().map(Self::from_micros)
    }
}

impl Wire for IpAddr {
    fn write<W: Write>(&self, encoder: &mut Encoder<W>) -> Result<(), Unwritable<W::Error>> {
        match self {
            Self::V4(address) => encoder.bytes(&address.octets())?.ok(),
            Self::V6(address) => encoder.bytes(&address.octets())?.ok(),
        }
    }

    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Unreadable> {
        let bytes = decoder.bytes()?;
        let v4 = <[u8; 4]>::try_from(bytes).map(Self::from);
        v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(Self::from))
            .map_err(|_| Unreadable::message("not an address"))
    }
}

/// One.
pub(crate) mod one {
    use super::{Decoder, Encoder, Unreadable, Unwritable, Wire, Write};

    pub(crate) fn encode<C, T: Wire, W: Write>(
        value: &T,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), Unwritable<W::Error>> {
        value.write(encoder)
    }

    pub(crate) fn decode<C, T: Wire>(
        decoder: &mut Decoder<'_>,
        _: &mut C,
    ) -> Result<T, Unreadable> {
        T::read(decoder)
    }
}

/// One or null.
#[expect(
    clippy::ref_option,
    clippy::option_option,
    clippy::unnecessary_wraps,
    reason = "the signatures that minicbor calls"
)]
pub(crate) mod maybe {
    use super::{Decoder, Encoder, Unreadable, Unwritable, Wire, Write};
    use minicbor::data::Type;

    pub(crate) fn encode<C, T: Wire, W: Write>(
        value: &Option<T>,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), Unwritable<W::Error>> {
        match value {
            Some(value) => value.write(encoder),
            None => encoder.null()?.ok(),
        }
    }

    pub(crate) fn decode<C, T: Wire>(
        decoder: &mut Decoder<'_>,
        _: &mut C,
    ) -> Result<Option<T>, Unreadable> {
        if decoder.datatype()? == Type::Null {
            decoder.null()?;
            return Ok(None);
        }
        T::read(decoder).map(Some)
    }

    pub(crate) const fn nil<T>() -> Option<Option<T>> {
        Some(None)
    }

    pub(crate) const fn is_nil<T>(value: &Option<T>) -> bool {
        value.is_none()
    }
}

/// Any number of them. A hostile length allocates nothing before its items are read.
pub(crate) mod many {
    use super::{Decoder, Encoder, Unreadable, Unwritable, Wire, Write};

    pub(crate) fn encode<C, T: Wire, W: Write>(
        values: &[T],
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), Unwritable<W::Error>> {
        encoder.array(values.len() as u64)?;
        values.iter().try_for_each(|value| value.write(encoder))
    }

    pub(crate) fn decode<C, T: Wire>(
        decoder: &mut Decoder<'_>,
        _: &mut C,
    ) -> Result<Vec<T>, Unreadable> {
        let Some(length) = decoder.array()? else {
            return Err(Unreadable::message("an array without a length"));
        };
        let mut values = Vec::new();
        for _ in 0..length {
            values.push(T::read(decoder)?);
        }
        Ok(values)
    }
}
