internal import NIOCore

/// What the function is given.
enum Event {
  static func bytes(
    _ request: IncomingRequest, _ facts: InvocationFacts, front: FrontKind, albMultiValue: Bool
  ) -> ByteBuffer {
    let document =
      switch front {
      case .functionURL: FunctionURLEvent.document(request, facts)
      case .rest: RESTEvent.document(request, facts)
      case .alb: LoadBalancerEvent.document(request, facts, multiValue: albMultiValue)
      }
    return ByteBuffer(bytes: document.encoded())
  }

  /// Nil when the front takes the request to the function.
  static func refusal(_ request: IncomingRequest, front: FrontKind) -> FrontCause? {
    let methods =
      switch front {
      case .functionURL, .rest: ["GET", "POST", "PUT", "HEAD", "OPTIONS", "PATCH", "DELETE"]
      // Every method but one, says its documentation.
      case .alb: request.method == "TRACE" || request.method == "CONNECT" ? [] : [request.method]
      }
    return methods.contains(request.method) ? nil : .methodRefused
  }

  /// Of a request's body.
  static func bodyLimit(_ front: FrontKind) -> Int {
    switch front {
    case .functionURL: Limits.payload
    case .rest: Limits.restRequest
    case .alb: Limits.loadBalancer
    }
  }
}
