/// Bytes are counted where they pass a socket, heads and framing included.
enum ByteDirection: Int, MetricLabel {
  case fromClient, toClient, fromUpstream, toUpstream

  var label: String {
    switch self {
    case .fromClient: "from_client"
    case .toClient: "to_client"
    case .fromUpstream: "from_upstream"
    case .toUpstream: "to_upstream"
    }
  }
}

/// How the bytes of a response's body went to the client.
enum RelayPath: Int, MetricLabel {
  /// Through this process's memory.
  case copy
  /// Some of them at least through a pipe.
  case splice

  init(splicedBytes: Int64) { self = splicedBytes > 0 ? .splice : .copy }

  var label: String {
    switch self {
    case .copy: "copy"
    case .splice: "splice"
    }
  }
}

/// Who is too slow, so that reading from the other side stops.
enum SlowSide: Int, MetricLabel {
  case client, upstream

  var label: String {
    switch self {
    case .client: "client"
    case .upstream: "upstream"
    }
  }
}

/// What came of looking for an idle connection.
enum PoolLookup: Int, MetricLabel {
  case hit
  /// None was there, so a new one is opened.
  case miss
  /// One was there, but its peer had ended it or sent what nobody had asked for.
  case stale

  var label: String {
    switch self {
    case .hit: "hit"
    case .miss: "miss"
    case .stale: "stale"
    }
  }
}

/// Why a request was sent a second time.
enum RetryReason: Int, MetricLabel {
  /// A kept connection turned out to be dead before a byte of the response.
  case idleConnectionDied

  var label: String { "idle_connection_died" }
}

/// A status as metrics know it.
enum StatusClass: Int, MetricLabel {
  /// Nothing was sent to the client.
  case none
  case informational, successful, redirection, clientError, serverError

  init(status: Int?) {
    self =
      switch status ?? 0 {
      case 100..<200: .informational
      case 200..<300: .successful
      case 300..<400: .redirection
      case 400..<500: .clientError
      case 500..<600: .serverError
      default: .none
      }
  }

  var label: String { self == .none ? "none" : "\(rawValue)xx" }
}
