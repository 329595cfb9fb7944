//! A stream that gives up on one who does not read.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// What a caller must take of waiting bytes within the pause. That any is taken would not do: a
/// byte now and then holds a connection for as long as one likes.
const STEP: usize = 16 * 1024;

/// Fails a write with [`io::ErrorKind::TimedOut`] where bytes wait and the other end takes less
/// than [`STEP`] of them within the pause. Reading is as the stream beneath has it.
#[derive(Debug)]
pub(crate) struct Paced<S> {
    stream: S,
    pause: Duration,
    waiting: Option<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    until: Pin<Box<Sleep>>,
    taken: usize,
}

impl<S> Paced<S> {
    pub(crate) const fn new(stream: S, pause: Duration) -> Self {
        Self {
            stream,
            pause,
            waiting: None,
        }
    }

    fn written(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Pending => return self.wait(context).map(Err),
            Poll::Ready(Ok(bytes)) => {
                if let Some(waiting) = &mut self.waiting {
                    waiting.taken += bytes;
                }
                if self.waiting.as_ref().is_some_and(|it| it.taken >= STEP) {
                    self.waiting = None;
                }
            }
            Poll::Ready(Err(_)) => {}
        }
        written
    }

    /// Done when the other end took too little for too long.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let waiting = self.waiting.get_or_insert_with(|| Waiting {
            until: Box::pin(sleep(self.pause)),
            taken: 0,
        });
        ready!(waiting.until.as_mut().poll(context));
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// A flush comes when all has been handed over: then nothing waits any more.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(context) {
            Poll::Pending => self.wait(context).map(Err),
            flushed @ Poll::Ready(_) => {
                self.waiting = None;
                flushed
            }
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_shutdown(context) {
            Poll::Pending => self.wait(context).map(Err),
            shut @ Poll::Ready(_) => shut,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
        time::timeout,
    };

    use super::*;

    const PAUSE: Duration = Duration::from_millis(500);
    const WAIT: Duration = Duration::from_millis(1);

    fn pair() -> (Paced<DuplexStream>, DuplexStream) {
        let (own, other) = duplex(1024);
        (Paced::new(own, PAUSE), other)
    }

    async fn write(stream: &mut Paced<DuplexStream>, bytes: usize) -> io::Result<()> {
        stream.write_all(&vec![b'x'; bytes]).await?;
        stream.flush().await
    }

    /// Reads so many bytes at a time, with a wait after each.
    async fn read(mut other: DuplexStream, at_a_time: usize) {
        let mut bytes = vec![0; at_a_time];
        while other.read(&mut bytes).await.is_ok_and(|read| read > 0) {
            tokio::time::sleep(WAIT).await;
        }
    }

    async fn outcome(stream: &mut Paced<DuplexStream>, bytes: usize) -> Result<(), io::ErrorKind> {
        let written = timeout(Duration::from_secs(20), write(stream, bytes)).await;
        written.unwrap().map_err(|error| error.kind())
    }

    #[tokio::test]
    async fn one_who_never_reads_is_given_up() {
        let (mut stream, _other) = pair();
        assert_eq!(outcome(&mut stream, 512).await, Ok(()));
        assert_eq!(
            outcome(&mut stream, 4096).await,
            Err(io::ErrorKind::TimedOut)
        );
    }

    #[tokio::test]
    async fn one_who_reads_a_byte_now_and_then_is_given_up() {
        let (mut stream, other) = pair();
        tokio::spawn(read(other, 1));
        assert_eq!(
            outcome(&mut stream, 64 * 1024).await,
            Err(io::ErrorKind::TimedOut)
        );
    }

    #[tokio::test]
    async fn one_who_reads_slowly_gets_everything() {
        let (mut stream, other) = pair();
        tokio::spawn(read(other, 1024));
        // Much longer than the pause, and much more in each pause than must be.
        assert_eq!(outcome(&mut stream, 512 * 1024).await, Ok(()));
    }

    #[tokio::test]
    async fn an_answer_that_waited_counts_nothing_against_the_next() {
        let (mut stream, mut other) = pair();
        let mut bytes = [0; 2048];
        let (written, read) = tokio::join!(write(&mut stream, 2048), async {
            tokio::time::sleep(WAIT).await;
            other.read_exact(&mut bytes).await
        });
        assert!(written.is_ok() && read.is_ok());
        tokio::time::sleep(PAUSE * 2).await;
        let (written, read) = tokio::join!(write(&mut stream, 2048), async {
            tokio::time::sleep(WAIT).await;
            other.read_exact(&mut bytes).await
        });
        assert!(written.is_ok() && read.is_ok());
    }
}
