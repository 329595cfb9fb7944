//! What a process has used of the processor, read from Linux's `/proc`.

use crate::Error;

/// Microseconds a tick of `/proc/PID/stat`: `USER_HZ` is 100 on every Linux.
const TICK_MICROS: u64 = 10_000;

/// Processor time of a process since it began, user and system, in microseconds; steps of 10 ms.
pub(crate) fn used_micros(process: u32) -> Result<u64, Error> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is the name in parentheses, which may hold spaces.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok());
    match (ticks(11), ticks(12)) {
        (Some(user), Some(system)) => Ok((user + system) * TICK_MICROS),
        _ => Err(Error::Demo),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_shows_up() {
        let before = used_micros(std::process::id()).unwrap();
        let mut sum = 0_u64;
        while used_micros(std::process::id()).unwrap() < before + 2 * TICK_MICROS {
            sum = (0..100_000).fold(sum, u64::wrapping_add);
        }
        assert!(sum > 0);
    }
}
