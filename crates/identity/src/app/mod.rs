//! Apps: programs that people use, with what the person may do and the app's scopes allow (SMART
//! App Launch 2.2; RFC 6749 4.1; RFC 9126; RFC 9449).

mod authorize;
mod client;
mod consent;
mod exchange;
mod introspection;
mod live;
mod record;
mod redirect;
mod registration;
mod scopes;
mod wanted;

pub use authorize::{Begun, Pushed};
pub use client::App;
pub(crate) use client::{Apps, Client, Used};
pub use consent::{AuthorizationView, Consent};
pub(crate) use exchange::{CodeRequest, RefreshRequest};
pub use introspection::Introspected;
pub(crate) use record::{APPS, AppRecord, USED, UsedRecord, owner, used};
pub use registration::NewApp;
pub(crate) use registration::Step;
pub use scopes::AppScopes;
pub use wanted::{Lacking, PHISHING_RESISTANT};
