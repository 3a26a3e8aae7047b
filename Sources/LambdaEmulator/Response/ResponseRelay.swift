internal import NIOCore
internal import NIOHTTP1

/// What becomes of a runtime's upload.
protocol ResponseRelay: UploadReceiver {
  /// Ends it: the client is answered or cut off, and the runtime told, if it is still uploading and `answer` is there.
  func abort(_ failure: FunctionFailure, answer: RuntimeAnswer?)
}

/// Who is told how an upload ended. On the event loop.
protocol RelayOwner: AnyObject {
  /// The runtime has been answered.
  func relayEnded(_ invocation: Invocation)
}

/// The error that a runtime puts behind a stream.
struct TrailerError: Equatable {
  static let typeField = "Lambda-Runtime-Function-Error-Type"
  static let bodyField = "Lambda-Runtime-Function-Error-Body"

  var type: String
  /// The fields as they came, for a client that is to see them.
  var fields: [FunctionResponse.Field]

  /// Nil when there is none.
  init?(_ trailers: HTTPHeaders?) {
    guard let trailers, let type = trailers.first(name: Self.typeField), !type.isEmpty else { return nil }
    self.type = ErrorType.valid(type)
    fields = [Self.typeField, Self.bodyField].flatMap { name in trailers[name].map { .init(name: name, value: $0) } }
  }
}
