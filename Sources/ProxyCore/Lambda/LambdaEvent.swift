/// The HTTP request in an invocation's event, told alike for all fronts.
struct LambdaEvent: Sendable, Equatable {
  /// Which front made the event; its response has a form of its own.
  enum Front: Sendable, Equatable {
    /// Payload format 2.0 of a Function URL, or of whatever sends the same.
    case functionURL
    /// Payload format 2.0 of an HTTP API.
    case httpAPI
    /// The same with payload format 1.0, whose events are nearly a REST API's.
    case httpAPIFormatOne
    case restAPI
    /// An Application Load Balancer, its target group with multi-value headers or without.
    case balancer(isMultiValue: Bool)

    /// These fronts wait for the whole response, whatever the function is set to.
    var neverStreams: Bool {
      switch self {
      case .httpAPI, .httpAPIFormatOne, .balancer: true
      case .functionURL, .restAPI: false
      }
    }
  }

  struct Field: Sendable, Equatable {
    var name: String
    var value: String
  }

  var front: Front
  var method: String
  /// Percent-encoded as it came, or decoded by the front.
  var path: String
  /// Without `?`; percent-encoded.
  var query = ""
  var fields: [Field] = []
  var body: [UInt8] = []
  /// The client's, as the front tells it.
  var sourceAddress: String?
  /// The name that the client addressed, where no Host tells it.
  var domainName: String?
  /// How the client reached the front.
  var isTLS = true
}

/// What an invocation is about.
enum EventContent: Sendable, Equatable {
  case request(LambdaEvent)
  /// A load balancer asks whether the function is alive.
  case healthCheck(LambdaEvent.Front, isHead: Bool)
  /// Somebody keeps the function warm: nothing is asked.
  case warmUp
  /// An event of another service, which no HTTP response could answer.
  case foreign
}
