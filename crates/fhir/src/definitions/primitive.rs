//! The names of the primitive types.

macro_rules! primitives {
    ($($name:ident = $code:literal,)+) => {
        /// A primitive type (FHIR R4, datatypes 2.24.0.1).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Primitive {
            $($name,)+
        }

        impl Primitive {
            /// The type of this name.
            pub(crate) fn of_name(name: &str) -> Option<Self> {
                match name {
                    $($code => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// The name of FHIR.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

primitives! {
    Base64Binary = "base64Binary",
    Boolean = "boolean",
    Canonical = "canonical",
    Code = "code",
    Date = "date",
    DateTime = "dateTime",
    Decimal = "decimal",
    Id = "id",
    Instant = "instant",
    Integer = "integer",
    Markdown = "markdown",
    Oid = "oid",
    PositiveInt = "positiveInt",
    String = "string",
    Time = "time",
    UnsignedInt = "unsignedInt",
    Uri = "uri",
    Url = "url",
    Uuid = "uuid",
    Xhtml = "xhtml",
}
