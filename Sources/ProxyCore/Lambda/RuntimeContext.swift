internal import NIOCore

/// What the workers of one runtime share. Nothing in it changes but whether the process is to end.
final class RuntimeContext: Sendable {
  let settings: LambdaSettings
  let wire: RuntimeWire
  let log: RuntimeLog
  private let ending: AsyncStream<String>.Continuation
  /// Why the process must end, once.
  let endings: AsyncStream<String>

  init(settings: LambdaSettings, log: RuntimeLog) {
    self.settings = settings
    self.log = log
    wire = RuntimeWire(settings.api)
    (endings, ending) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
  }

  /// Nothing will work again here.
  func exit(_ reason: String) { ending.yield(reason) }
}
