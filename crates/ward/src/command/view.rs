//! `ward view rebuild`: the view of an organisation, made anew from its log.

use ward_core::Ods;

use crate::{
    command::{key, progress},
    config::Config,
    data::Data,
    error::Error,
    runtime, wiring,
};

pub(crate) fn rebuild(config: &Config, ods: &Ods) -> Result<(), Error> {
    let data = Data::open(&config.path("data.dir"))?;
    data.organisation(ods)?;
    let root = key::unlock(config, &data)?;
    for (_, store, keys) in wiring::open_store(&data, &root)? {
        if keys.ods() != ods {
            continue;
        }
        let bar = progress::bar("entries read", store.log_position());
        let shown = bar.clone();
        let rebuilt = runtime()?
            .block_on(store.rebuild_view(move |done, _| shown.set_position(done)))
            .map_err(Error::told)?;
        bar.finish_and_clear();
        println!(
            "{ods}: the view was made anew from {} entries",
            rebuilt.entries
        );
    }
    Ok(())
}
