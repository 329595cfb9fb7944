use std::sync::Arc;

use serde_json::{Value, json};
use ward_access::{PolicyStep, PolicyView, ProofView, ReadSecurity};
use ward_http::{Answer, AssuredRequest, StatusCode};

use super::{Policies, refused};
use crate::manage::{answer, door::may};

/// `GET /manage/policies`: the newest first, with their texts.
pub(super) async fn list(policies: Arc<Policies>, request: AssuredRequest) -> Answer {
    let grant = may::<ReadSecurity>(&policies.api, &request).await?;
    let all = policies.own.list(&grant).map_err(refused)?;
    let all: Vec<_> = all.iter().map(shown).collect();
    answer(StatusCode::OK, &json!({ "policies": all }))
}

fn shown(policy: &PolicyView) -> Value {
    json!({
        "number": policy.number,
        "standing": policy.standing.as_str(),
        "text": policy.text,
        "written": step(policy.written),
        "activated": policy.activated.map(step),
        "narrowed": policy.narrowed.map(step),
        "replaced": policy.replaced.map(step),
        "withdrawn": policy.withdrawn.map(step),
        "proof": policy.proof.as_ref().map(proof),
    })
}

fn step(step: PolicyStep) -> Value {
    json!({ "by": step.by, "at": step.at.to_string() })
}

fn proof(proof: &ProofView) -> Value {
    match proof {
        ProofView::UnderWay { asked } => json!({ "outcome": "under-way", "asked": asked }),
        ProofView::Holds { asked, took } => {
            let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            json!({ "outcome": "holds", "asked": asked, "ms": ms })
        }
        ProofView::Broken(sentences) => json!({ "outcome": "broken", "sentences": sentences }),
        ProofView::Impossible(why) => json!({ "outcome": "impossible", "why": why }),
    }
}
