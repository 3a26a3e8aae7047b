/// Why there is no connection to the upstream.
struct ConnectFailure: Error, Equatable, Sendable {
  var cause: ProxyCause
  var detail = FailureDetail.none
}
