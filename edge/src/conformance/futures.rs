//! The two ways in which the suite troubles a command: it runs beside another, or it ends in the middle.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

/// Runs all of `futures` in turns, each to its end, and answers what they answered.
pub async fn together<'a, T: 'a>(futures: Vec<Pin<Box<dyn Future<Output = T> + 'a>>>) -> Vec<T> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (Some(future), None)).collect();
    poll_fn(move |context| {
        for (future, answer) in &mut running {
            if let Some(Poll::Ready(value)) = future.as_mut().map(|future| future.as_mut().poll(context)) {
                (*future, *answer) = (None, Some(value));
            }
        }
        match running.iter().all(|(future, _)| future.is_none()) {
            true => Poll::Ready(running.iter_mut().filter_map(|(_, answer)| answer.take()).collect()),
            false => Poll::Pending,
        }
    })
    .await
}

/// Polls `future` at most `polls` times and then drops it where it stands, as the end of the process would.
pub async fn killed_after<T>(polls: u32, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
