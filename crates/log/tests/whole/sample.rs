//! One entry of each kind, and any entry.

use proptest::{collection::vec, option, prelude::*};
use ward_core::{AccountId, PatientId, RequestId, ResourceKey, SessionId, Timestamp};
use ward_log::{
    Actor, Basis, Entry, Event, Factors, Interaction, Item, Purpose, RefusalReason,
    RelationshipKind, SignInFailure, SignOutCause, WriteMethod,
};

pub(crate) fn key(text: &str) -> ResourceKey {
    text.parse().unwrap()
}

pub(crate) fn patient(id: &str) -> PatientId {
    PatientId::new(id).unwrap()
}

fn entry(seq: u64, actor: Option<Actor>, event: Event) -> Entry {
    let time = Timestamp::from_micros(1_795_463_400_123_456);
    Entry {
        seq,
        time,
        request: Some(RequestId::from_bytes([1; 16])),
        actor,
        event,
    }
}

fn person() -> Actor {
    Actor {
        account: AccountId::from_bytes([2; 16]),
        session: Some(SessionId::from_bytes([3; 16])),
        factors: Factors::PASSWORD.with(Factors::TOTP),
        address: Some([192, 0, 2, 1].into()),
    }
}

fn service() -> Actor {
    Actor {
        account: AccountId::from_bytes([4; 16]),
        session: None,
        factors: Factors::CLIENT_KEY.with(Factors::DPOP),
        address: Some([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into()),
    }
}

/// What format 1 had on its first day, each variant once.
pub(crate) fn of_each_kind() -> Vec<Entry> {
    let related = Basis {
        purpose: Purpose::DirectCare,
        relationship: Some(RelationshipKind::CareTeam),
        source: Some("CareTeam/7".into()),
    };
    let audit = Basis {
        purpose: Purpose::Audit,
        relationship: None,
        source: None,
    };
    let write = |version, method, body: &[u8]| Event::Write {
        resource: key("Observation/a-1.B"),
        version,
        method,
        patients: vec![patient("1"), patient("2")],
        body: body.to_vec(),
        basis: related.clone(),
    };
    let item = |version, patients| Item {
        resource: key("Patient/1"),
        version,
        patients,
    };
    let found = vec![item(1, vec![patient("1")]), item(u64::MAX, vec![])];
    let refusal = Event::Refusal {
        action: "read".into(),
        resource: Some(key("Patient/1")),
        reason: RefusalReason::NoRelationship,
    };
    let failed = |account, reason| Event::SignInFailed {
        account,
        address: Some([192, 0, 2, 1].into()),
        reason,
    };
    let sign_out = Event::SignOut {
        session: SessionId::from_bytes([3; 16]),
        cause: SignOutCause::Everywhere,
    };
    let state = |value| Event::State {
        key: "account/02".into(),
        value,
    };
    let events = vec![
        write(1, WriteMethod::Create, b"sealed"),
        write(2, WriteMethod::Update, &[0xff; 300]),
        write(3, WriteMethod::Delete, b""),
        Event::Disclosure {
            interaction: Interaction::Search,
            items: found,
            basis: related.clone(),
        },
        Event::Disclosure {
            interaction: Interaction::WhoLooked,
            items: vec![],
            basis: audit,
        },
        refusal,
        Event::SignIn,
        failed(None, SignInFailure::UnknownAccount),
        failed(
            Some(AccountId::from_bytes([2; 16])),
            SignInFailure::WrongFactor,
        ),
        sign_out,
        state(Some(b"sealed".to_vec())),
        state(None),
    ];
    let actors = [None, Some(person()), Some(service())].into_iter().cycle();
    (0..)
        .zip(actors)
        .zip(events)
        .map(|((seq, actor), event)| entry(seq, actor, event))
        .collect()
}

fn any_id() -> impl Strategy<Value = String> {
    "[A-Za-z0-9.-]{1,64}"
}

fn any_key() -> impl Strategy<Value = ResourceKey> {
    ("[A-Z][A-Za-z]{1,63}", any_id()).prop_map(|(kind, id)| ResourceKey::new(&kind, &id).unwrap())
}

fn any_patients() -> impl Strategy<Value = Vec<PatientId>> {
    vec(any_id().prop_map(|id| patient(&id)), 0..5)
}

fn any_basis() -> impl Strategy<Value = Basis> {
    let relationship = option::of(Just(RelationshipKind::BreakGlass));
    (relationship, option::of(any::<String>())).prop_map(|(relationship, source)| Basis {
        purpose: Purpose::Emergency,
        relationship,
        source,
    })
}

fn any_event() -> impl Strategy<Value = Event> {
    let body = || vec(any::<u8>(), 0..2000);
    let item = (any_key(), any::<u64>(), any_patients());
    let item = item.prop_map(|(resource, version, patients)| Item {
        resource,
        version,
        patients,
    });
    prop_oneof![
        (any_key(), any::<u64>(), any_patients(), body(), any_basis()).prop_map(
            |(resource, version, patients, body, basis)| Event::Write {
                resource,
                version,
                method: WriteMethod::Update,
                patients,
                body,
                basis
            }
        ),
        (vec(item, 0..20), any_basis()).prop_map(|(items, basis)| Event::Disclosure {
            interaction: Interaction::Search,
            items,
            basis
        }),
        (any::<String>(), option::of(any_key())).prop_map(|(action, resource)| Event::Refusal {
            action,
            resource,
            reason: RefusalReason::Unknown
        }),
        Just(Event::SignIn),
        (any::<String>(), option::of(body())).prop_map(|(key, value)| Event::State { key, value }),
    ]
}

fn any_actor() -> impl Strategy<Value = Actor> {
    (
        any::<[u8; 16]>(),
        option::of(any::<[u8; 16]>()),
        option::of(any::<std::net::IpAddr>()),
    )
        .prop_map(|(account, session, address)| Actor {
            account: AccountId::from_bytes(account),
            session: session.map(SessionId::from_bytes),
            factors: Factors::PASSKEY,
            address,
        })
}

pub(crate) fn any_entry() -> impl Strategy<Value = Entry> {
    let request = option::of(any::<[u8; 16]>());
    let parts = (
        any::<u64>(),
        any::<i64>(),
        request,
        option::of(any_actor()),
        any_event(),
    );
    parts.prop_map(|(seq, time, request, actor, event)| Entry {
        seq,
        time: Timestamp::from_micros(time),
        request: request.map(RequestId::from_bytes),
        actor,
        event,
    })
}
