/// Who asks, and how: what the response depends on.
struct InvocationCaller: Sendable {
  private(set) var front = LambdaEvent.Front.functionURL
  private(set) var address = "unknown"
  private(set) var isTLS = true
  private(set) var isHead = false
  /// GET or HEAD.
  private(set) var isRetrieval = false
  /// Of the request, with its query.
  var target = ""

  init() {}

  init(_ event: LambdaEvent) {
    front = event.front
    isTLS = event.isTLS
    if let address = event.sourceAddress, IPAddress.parse(address) != nil { self.address = address }
    isHead = event.method == "HEAD"
    isRetrieval = isHead || event.method == "GET"
  }

  init(healthCheckOf front: LambdaEvent.Front, isHead: Bool) {
    self.front = front
    self.isHead = isHead
  }
}
