/// What the rules of the classifier look at: the answer of a failed request, prepared once.
struct FailedAnswer {
  let status: Int
  /// The beginning and the end of the body, as lower-case text.
  let text: String
  /// Wire bytes of the whole body.
  let bytes: Int64
  /// From the start of the request to its end.
  let seconds: Double
  let proxyStatus: [ProxyStatusField]
  /// What Lambda, its front ends and its emulators call the failure, lower-case; empty when they say nothing.
  let errorType: String
  private let head: ResponseHead

  init(head: ResponseHead, bodyHead: [UInt8], bodyTail: [UInt8], bytes: Int64, seconds: Double) {
    self.head = head
    self.bytes = bytes
    self.seconds = seconds
    status = head.status
    let overlap = bytes <= Int64(bodyHead.count)
    text = String(decoding: overlap ? bodyHead : bodyHead + bodyTail, as: UTF8.self).lowercased()
    proxyStatus = ProxyStatusField.parse(head.values("proxy-status"))
    let names = ["x-amzn-errortype", "error-type", "lambda-runtime-function-error-type"]
    errorType = names.compactMap { head.value($0) }.joined(separator: " ").lowercased()
  }

  func has(_ name: String) -> Bool { head.value(name) != nil }

  func value(_ name: String) -> String { (head.value(name) ?? "").lowercased() }

  /// Whether the error type or the body says one of `words`, which are lower-case.
  func says(_ words: String...) -> Bool { words.contains { errorType.contains($0) || text.contains($0) } }

  /// The body without white space around it.
  var trimmedText: Substring {
    var rest = text[...]
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return rest.drop { $0.isWhitespace }
  }

  // Who answered.
  var isLoadBalancer: Bool { value("server").hasPrefix("awselb") }
  var isRestAPI: Bool { has("x-amz-apigw-id") || (errorType.contains("exception") && text.hasPrefix("{\"message\":")) }
  var isHTTPAPI: Bool { has("apigw-requestid") }
  /// Whether the body is one that a gateway or a load balancer writes: what passes through them has their fields too.
  var isGatewaysOwn: Bool { text.isEmpty || text.hasPrefix("{\"message\":") }
  var isLoadBalancersOwn: Bool { text.isEmpty || text.hasPrefix("<html>") }
  var isCloudFrontPage: Bool { value("server") == "cloudfront" || value("x-cache").contains("error from cloudfront") }
  var isLambda: Bool { has("x-amzn-requestid") || has("x-amzn-trace-id") }
}
