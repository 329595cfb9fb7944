//! Every limit, in one place, with its reason.

use std::time::Duration;

/// A request's body. The largest published Synthea person is about 15 MB as one bundle.
pub const BODY_BYTES: usize = 20 * 1024 * 1024;
/// One resource outside a bundle: large enough for a scanned letter in a Binary.
pub const RESOURCE_BYTES: usize = 5 * 1024 * 1024;
/// Nesting of JSON. R4's deepest published example is 14; Questionnaire items nest.
pub const JSON_DEPTH: usize = 64;
/// Entries of a transaction or batch: bounds the time that one write holds the log.
pub const BUNDLE_ENTRIES: usize = 20_000;
/// Reads and searches of a transaction or batch: a page of a form needs some dozens.
pub const BUNDLE_READS: usize = 100;
/// Errors listed for one resource: more help nobody, and cost the server.
pub const ISSUES: usize = 100;

/// Results on a page of a search, where the caller does not say.
pub const PAGE_DEFAULT: usize = 20;
/// Results on a page of a search, at most.
pub const PAGE_MAX: usize = 200;
/// Candidates that the searches of one request may open: one that needs more must be narrowed.
pub const SEARCH_CANDIDATES: usize = 20_000;
/// Parameters of one search, repeated ones counted.
pub const SEARCH_PARAMETERS: usize = 30;
/// Alternatives (`,`) in one search parameter.
pub const SEARCH_ALTERNATIVES: usize = 50;
/// Length of one search value, in bytes.
pub const SEARCH_VALUE_BYTES: usize = 1024;
/// How long a paging link works.
pub const PAGING_LINK: Duration = Duration::from_hours(1);

/// A session without a request ends (facts: NIST 800-63B-4 AAL3; NHS practice).
pub const SESSION_IDLE: Duration = Duration::from_mins(15);
/// A session ends, used or not.
pub const SESSION_MAX: Duration = Duration::from_hours(12);
/// Live sessions of one account; the oldest ends when one more begins.
pub const SESSIONS_PER_ACCOUNT: usize = 10;
/// An enrolment link works once, within this time.
pub const ENROLMENT_LINK: Duration = Duration::from_hours(72);
/// A started ceremony (passkey challenge) must be finished within this time.
pub const CEREMONY: Duration = Duration::from_mins(5);
/// Ceremonies under way at once, for the whole server: bounds memory under a flood.
pub const CEREMONIES: usize = 50_000;
/// Failed attempts on one account before it must wait.
pub const ATTEMPTS_PER_ACCOUNT: u32 = 5;
/// Failed attempts from one address before it must wait.
pub const ATTEMPTS_PER_ADDRESS: u32 = 30;
/// A network is allowed what so many addresses are: enough for a hospital that has one, and a small
/// part of the password hashes that the server computes in the time.
pub const ADDRESSES_PER_NETWORK: u32 = 10;
/// The time over which attempts are counted.
pub const ATTEMPT_WINDOW: Duration = Duration::from_mins(15);
/// Ceremonies under way at once from one network, or of one account: a whole hospital behind one
/// address changes shifts. One more makes the oldest of the same owner be forgotten.
pub const CEREMONIES_PER_ADDRESS: u32 = 5_000;
/// Streams of one account: one for each of its sessions, and as many again while pages change.
pub const STREAMS_PER_ACCOUNT: usize = 2 * SESSIONS_PER_ACCOUNT;
/// Streams in the whole server: each is looked at twice a second, which takes a microsecond.
pub const STREAMS: usize = 5_000;
/// A stream whose proof stands no more ends within this time.
pub const STREAM_CHECK: Duration = Duration::from_millis(500);
/// Passkeys of one account: a few devices and a spare.
pub const PASSKEYS_PER_ACCOUNT: usize = 10;
/// An authenticator app must be enrolled within this time: longer than a passkey, as an app may
/// have to be installed first.
pub const APP_ENROLMENT: Duration = Duration::from_mins(30);
/// Wrong codes while an authenticator app is being enrolled; then the ceremony starts again.
pub const ENROLMENT_CODES: u32 = 10;
/// Failed sign-ins written to an organisation's log one by one in a minute; more are counted, so
/// that nobody can fill its disk.
pub const FAILURES_LOGGED: u32 = 60;
/// Failed sign-ins are shown for so long.
pub const FAILURES_SHOWN: Duration = Duration::from_hours(24 * 30);
/// How old a proof may be for its account's factors to be changed (ASVS 5.0, 7.5.1), and for the
/// actions that policies call sensitive.
pub const FRESH_PROOF: Duration = Duration::from_mins(5);
/// What a form held waits so long for a fresh proof, at most.
pub const STEP_UP_DRAFT: Duration = Duration::from_mins(10);
/// Drafts that wait in one session: one for each tab in which somebody was interrupted.
pub const DRAFTS_PER_SESSION: usize = 5;
/// Drafts that wait in the whole server: with the largest form, a policy of 100 KiB, 100 MB.
pub const DRAFTS: usize = 1_000;
/// From the second approval of a recovery to its link: time for the person to see the notice, and
/// to stop it.
pub const RECOVERY_DELAY: Duration = Duration::from_hours(1);
/// A recovery that was not finished within this time is over.
pub const RECOVERY: Duration = Duration::from_hours(72);
/// A recovery's link works once, within this time: the person is waiting for it.
pub const RECOVERY_LINK: Duration = Duration::from_hours(4);
/// What was seen to re-proof a person, in characters.
pub const RECOVERY_NOTES_CHARS: usize = 2_000;
/// Changes of an account that its person is shown, at most.
pub const NOTICES: usize = 20;
/// For so long a person is shown what changed in their account.
pub const NOTICE: Duration = Duration::from_hours(24 * 30);
/// A password's least length. It is never the only factor, for which NIST 800-63B-4 asks 8.
pub const PASSWORD_MIN_CHARS: usize = 12;
/// A password's greatest length: above the 64 characters of any alphabet that NIST 800-63B-4 asks
/// for, and cheap to normalise.
pub const PASSWORD_MAX_BYTES: usize = 512;
/// Sign-ins that wait for a password hash; more are told that the server is busy.
pub const PASSWORD_HASHES_WAITING: usize = 200;
/// Password hashes computed at once, of strangers all but one: Argon2id takes memory and a core for
/// each.
pub const PASSWORD_HASHES_AT_ONCE: usize = 2;

/// A record that is opened in an emergency stays open so long.
pub const BREAK_GLASS: Duration = Duration::from_hours(1);
/// Records that one account has open in an emergency at a time: an emergency is about somebody.
pub const BREAK_GLASS_OPEN: usize = 3;
/// The reason of an emergency, in characters: more than "x".
pub const BREAK_GLASS_REASON_MIN: usize = 10;
/// The reason of an emergency, and what was found of it, in characters.
pub const BREAK_GLASS_REASON_MAX: usize = 500;
/// What was opened in an emergency and looked at since is listed for so long.
pub const BREAK_GLASS_SHOWN: Duration = Duration::from_hours(24 * 365);

/// An organisation's own policy, in bytes: some dozens of statements.
pub const POLICY_BYTES: usize = 32 * 1024;
/// One statement of it, in bytes: a chain of conditions is evaluated on the stack.
pub const POLICY_STATEMENT_BYTES: usize = 4 * 1024;
/// Nesting of brackets in it: Cedar's parser takes some kilobytes of stack for each.
pub const POLICY_DEPTH: usize = 16;
/// Versions of an organisation's own policy that are kept to be shown; the log keeps all.
pub const POLICY_VERSIONS: usize = 200;
/// The proof of a policy must be done within this time; it takes some seconds.
pub const PROOF: Duration = Duration::from_mins(1);
/// One question of a proof must be answered within this time; each takes some milliseconds.
pub const PROOF_QUESTION: Duration = Duration::from_secs(10);

/// A service's token (SMART Backend Services: at most 300 s).
pub const SERVICE_TOKEN: Duration = Duration::from_mins(5);
/// A client assertion's life (SMART App Launch 2.2, client-confidential-asymmetric: 5 min).
pub const CLIENT_ASSERTION: Duration = Duration::from_mins(5);
/// How far a client's clock may run ahead of the server's, where a standard names no figure.
pub const CLOCK_SKEW: Duration = Duration::from_secs(10);
/// Client assertion ids remembered; when full, the server refuses rather than forgets.
pub const CLIENT_ASSERTIONS: usize = 200_000;
/// Live tokens of one service; the oldest ends when one more is issued.
pub const TOKENS_PER_SERVICE: usize = 100;
/// Services of one organisation.
pub const SERVICES: usize = 1_000;
/// A service or an app is told as ending soon for so long before it does.
pub const CLIENT_ENDS_SOON: Duration = Duration::from_hours(24 * 30);
/// A service or an app that got no token for so long is told as unused.
pub const CLIENT_UNUSED: Duration = Duration::from_hours(24 * 90);
/// Apps of one organisation, ended ones included.
pub const APPS: usize = 1_000;
/// Redirect URIs of one app.
pub const APP_REDIRECTS: usize = 10;
/// Length of a redirect or launch URI, in bytes.
pub const APP_URI_BYTES: usize = 500;
/// How long an app may be registered for; then two people look at it again.
pub const APP_REGISTRATION: Duration = Duration::from_hours(24 * 366);
/// A pushed authorization request waits so long for its person (RFC 9126 2.2: 5 to 600 s).
pub const PUSHED_REQUEST: Duration = Duration::from_mins(1);
/// How long a person may take to sign in, choose a patient and decide.
pub const CONSENT: Duration = Duration::from_mins(10);
/// A launch handle, from the click in Ward to the app's request.
pub const LAUNCH: Duration = Duration::from_mins(5);
/// An authorization code (RFC 6749 4.1.2: 10 minutes at most).
pub const AUTHORIZATION_CODE: Duration = Duration::from_mins(1);
/// An app's token.
pub const APP_TOKEN: Duration = Duration::from_mins(5);
/// What an app was given ends, refreshed or not: a person decides anew each day of work.
pub const AUTHORIZATION: Duration = SESSION_MAX;
/// What one person may have given to apps at a time; the oldest ends when one more is given.
pub const AUTHORIZATIONS_PER_PERSON: usize = 20;
/// Refreshes of one authorization; spent refresh tokens are remembered as long as it lives.
pub const REFRESHES: usize = 1_000;
/// Length of `state` in an authorization request, in bytes.
pub const AUTHORIZATION_STATE_BYTES: usize = 1_000;

/// From the beginning of a pairing to its end: somebody stands in front of the device.
pub const PAIRING: Duration = Duration::from_mins(10);
/// Pairings of one organisation under way at once.
pub const PAIRINGS: usize = 20;
/// Devices of one organisation, unpaired ones included.
pub const DEVICES: usize = 1_000;
/// A device's token.
pub const DEVICE_TOKEN: Duration = Duration::from_mins(5);

/// OIDC providers of one organisation, ended ones included.
pub const PROVIDERS: usize = 20;
/// Rules of a provider's assurance map.
pub const ASSURANCE_RULES: usize = 20;
/// What a provider answers, in bytes: a discovery document takes some thousands, a set of keys
/// with certificates more.
pub const PROVIDER_ANSWER_BYTES: usize = 256 * 1024;
/// A provider must answer within this time: somebody is waiting.
pub const PROVIDER_ANSWER: Duration = Duration::from_secs(10);
/// Requests to providers under way at once: bounds what strangers can make Ward ask.
pub const PROVIDER_REQUESTS: usize = 16;
/// What a provider says of itself and its keys is asked for anew after this time.
pub const PROVIDER_KEPT: Duration = Duration::from_hours(1);
/// A provider that did not answer, or whose keys lack one that is named, is left alone so long.
pub const PROVIDER_RETRY: Duration = Duration::from_secs(30);
/// From leaving for a provider to coming back.
pub const FEDERATION: Duration = Duration::from_mins(10);
/// How far a provider's clock may be from the server's.
pub const PROVIDER_SKEW: Duration = Duration::from_mins(1);

/// A command line waits so long for its person (RFC 8628 3.2: `expires_in`).
pub const COMMAND_LINE_REQUEST: Duration = Duration::from_mins(10);
/// The time between two questions of a command line that waits (RFC 8628 3.2: `interval`), and
/// what is added for each that comes too soon (3.5: 5 s).
pub const COMMAND_LINE_POLL: Duration = Duration::from_secs(5);
/// Command lines that wait at once, for the whole server; the oldest goes.
pub const COMMAND_LINE_REQUESTS: usize = 1_000;
/// Command lines of one address that wait at once: a few machines behind one address.
pub const COMMAND_LINE_REQUESTS_PER_ADDRESS: usize = 20;
/// A command line's session ends, used or not; without use it ends as any other session.
pub const COMMAND_LINE_SESSION: Duration = Duration::from_hours(1);

/// A DPoP proof's age, and the clock skew allowed for it (RFC 9449 11.1).
pub const DPOP_AGE: Duration = Duration::from_mins(1);
/// DPoP proof ids remembered; when full, the server refuses rather than forgets.
pub const DPOP_PROOFS: usize = 2_000_000;

/// A request must be answered within this time.
pub const REQUEST: Duration = Duration::from_mins(1);
/// The head of a request must arrive within this time. On HTTP/1.1 the wait for the next request
/// counts too, so that it is also how long a connection may idle.
pub const REQUEST_HEAD: Duration = Duration::from_secs(30);
/// A TLS handshake must be done within this time.
pub const HANDSHAKE: Duration = Duration::from_secs(10);
/// Connections open at once.
pub const CONNECTIONS: usize = 10_000;
