//! Randomness as a parameter, so that tests can seed it.

/// A source of unpredictable bytes.
pub trait Random: Send + Sync {
    /// Fills the whole of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's randomness, by way of aws-lc's DRBG.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    /// # Panics
    /// Where the operating system gives no randomness: nothing safe can be done without it.
    #[expect(
        clippy::expect_used,
        reason = "going on without randomness would be unsafe"
    )]
    #[expect(clippy::disallowed_methods, reason = "the one home of randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the operating system gives randomness");
    }
}
