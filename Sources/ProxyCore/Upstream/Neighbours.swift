internal import NIOCore

/// The pools of all event loops, as one of them sees them. The limit of upstream connections is the server's, but an idle
/// connection belongs to a loop: without asking around, one loop would answer 503 while another sits on idle ones.
struct Neighbours: Sendable {
  let count: Int
  /// Asks the pool of that loop to close its oldest idle connection. Answers on the loop given.
  let closeOldestIdle: @Sendable (_ index: Int, _ answerOn: any EventLoop) -> EventLoopFuture<Bool>
}
