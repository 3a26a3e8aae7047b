/// Names one invocation to the Runtime API.
struct InvocationKey: Sendable, Equatable {
  /// `Lambda-Runtime-Aws-Request-Id`: part of the paths that answer it.
  let id: String
  /// `Lambda-Runtime-Invocation-Id`, where the platform sends one: it is sent back with the answer, so that no answer is
  /// ever taken for another attempt's.
  let attempt: String?

  /// Nil when there is no id, or one that could not stand in a path.
  init?(_ reply: RuntimeReply) {
    guard let id = reply.field("lambda-runtime-aws-request-id"), Self.isSafe(id) else { return nil }
    self.id = id
    attempt = reply.field("lambda-runtime-invocation-id").flatMap { Self.isSafe($0) ? $0 : nil }
  }

  private static func isSafe(_ text: String) -> Bool {
    text.utf8.count <= 128 && text.utf8.allSatisfy { ByteClass.matches($0, ByteClass.token) }
  }
}
