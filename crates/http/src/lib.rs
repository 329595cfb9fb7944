//! Route table, sessions on the wire, errors to responses, limits, TLS.
//!
//! The way of a request: path and host are checked, its [`Route`] is found, what the route's
//! [`Guard`] asks for is proved, the body is read within its limit, the handler answers, and the
//! headers that every response carries are set. What is not in the table of routes does not exist.

pub mod cookie;
pub mod form;
pub mod tls;

mod body;
mod capacity;
mod credential;
mod cross_origin;
mod error;
mod headers;
mod inventory;
mod metrics;
mod origin;
mod outgoing;
mod paced;
mod path;
mod render;
mod request;
mod response;
mod route;
mod serve;
mod server;
mod shares;
mod sockets;
mod step_up;
mod stream;
mod table;

pub use bytes::Bytes;
pub use capacity::Capacity;
pub use credential::{Authenticate, FORM_TOKEN_FIELD, PROOF_ALGORITHMS};
pub use error::{Answer, HttpError, Kind};
pub use headers::REQUEST_ID;
pub use hyper::{HeaderMap, Method, StatusCode, header};
pub use inventory::{Inventory, REFUSED};
pub use metrics::{Metrics, serve_metrics};
pub use origin::{InvalidOrigin, Origin};
pub use outgoing::Outgoing;
pub use render::{Pages, PlainPages};
pub use request::{AssuredRequest, Form, PublicRequest, Request};
pub use response::Response;
pub use route::{Credential, Guard, Listed, Route, with};
pub use serve::serve;
pub use server::{Server, Settings};
pub use sockets::{Listener, Socket, Sockets};
pub use stream::{Event, EventSender, Events};
pub use table::RouteError;
pub use ward_identity::PHISHING_RESISTANT;
