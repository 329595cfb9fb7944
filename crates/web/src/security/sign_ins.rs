use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, StatusCode};

use super::{
    chart::Chart,
    door::{filter, looks},
    sign_ins_page::{Kind, Row, SignInsPage},
    tally::{KINDS, Period, Tally},
};
use crate::{Web, error::of_identity, web::page};

/// `GET /security/sign-ins?period=`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = looks(&web, &request).await {
        return answer;
    }
    let period = filter(&request.query()?, "period", &Period::ALL)?.unwrap_or(Period::Day);
    let organisation = request.assured.organisation();
    let tally = Tally::of(&web.identity, organisation, period, web.clock.now());
    let shown = shown(&tally.map_err(of_identity)?, period);
    page(
        StatusCode::OK,
        &web.layout_with_search(&request.assured),
        &shown,
    )
}

pub(super) fn shown(tally: &Tally, period: Period) -> SignInsPage {
    let kinds = KINDS.into_iter().zip(tally.sums());
    let rows = tally.buckets.iter().rev().filter(|bucket| bucket.sum() > 0);
    SignInsPage {
        period: period.in_words(),
        is_month: period == Period::Month,
        sum: tally.sums().iter().sum(),
        withheld: tally.withheld,
        kinds: kinds
            .map(|((text, colour), count)| Kind {
                text,
                colour,
                count,
            })
            .collect(),
        chart: Chart::of(&tally.buckets),
        rows: rows
            .map(|bucket| Row {
                when: bucket.label.clone(),
                counts: bucket.counts,
                sum: bucket.sum(),
            })
            .collect(),
    }
}
