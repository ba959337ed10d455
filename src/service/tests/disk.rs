//! A disk that fills up is seen by those who can do something about it.

use super::fixture::Batch;
use std::sync::atomic::Ordering;

// A service on a full disk once refused answers while its board looked as always.
#[tokio::test]
async fn the_board_says_how_much_space_is_left() {
    let (batch, id) = Batch::with_papers().await;
    let mib = 1024 * 1024;
    for (free, said) in [(0, "full"), (mib - 1, "full"), (mib, "low"), (255 * mib, "low"), (256 * mib, "enough")] {
        batch.service.disk.0.store(free, Ordering::SeqCst);
        assert_eq!(batch.board(&id).await["disk"], said, "{free} bytes");
    }
}
