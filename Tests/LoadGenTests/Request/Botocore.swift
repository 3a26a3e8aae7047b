import Testing

@testable import LoadGen

/// AWS's own signer, as Debian's python3-botocore has it, for what ours and its must agree on.
enum Botocore {
  struct Row {
    var method: String
    /// As it was sent.
    var url: String
    /// `Name: value`, as they were sent.
    var headers: [String]
    var body: [UInt8]
    var region: String
    var service: String
    var token = ""
  }

  static let user = "AKIDEXAMPLE"
  static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

  /// Has botocore sign the same requests at the same time. Its host, date, token and content hash are its own.
  static func disagreements(_ rows: [Row]) throws -> [String] {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let lines = rows.map { row in
      let cells = [row.method, row.url, row.headers.joined(separator: "\n"), row.region, row.service, row.token]
      return (cells.map { ByteText.hexadecimal($0.utf8) } + [ByteText.hexadecimal(row.body)]).joined(separator: ",")
    }
    try folder.write("rows", lines.joined(separator: "\n") + "\n")
    try folder.write("verify.py", script)
    let run = try ToolRun(
      executable: "/usr/bin/python3", ["\(folder.path)/verify.py", "\(folder.path)/rows", user, secret])
    #expect(run.exit == 0, "\(run.errors)")
    #expect(run.output.hasSuffix("verified \(rows.count)\n"))
    return run.output.split(separator: "\n").dropLast().map(String.init)
  }

  private static let script = """
    import sys
    try:
        from botocore.auth import S3SigV4Auth, SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
    except ImportError:
        sys.exit("python3-botocore is missing: Scripts/deps.sh --test installs it")
    path, user, secret = sys.argv[1:]
    count = 0
    for line in open(path):
        cells = [bytes.fromhex(cell) for cell in line.rstrip("\\n").split(",")]
        method, url, headers, region, service, token = [cell.decode() for cell in cells[:6]]
        fields = {}
        for header in headers.split("\\n"):
            name, _, value = header.partition(":")
            if value:
                fields[name.lower()] = value.strip()
        sent = fields.pop("authorization", "")
        names = sent.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        own = ("host", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token")
        signed = {name: fields[name] for name in names if name not in own and name in fields}
        request = AWSRequest(method=method, url=url, data=cells[6], headers=signed)
        request.context["timestamp"] = fields.get("x-amz-date", "00000000T000000Z")
        kind = S3SigV4Auth if service == "s3" else SigV4Auth
        auth = kind(Credentials(user, secret, token or None), service, region)
        auth._modify_request_before_signing(request)
        signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
        day = request.context["timestamp"][:8]
        wanted = "AWS4-HMAC-SHA256 Credential=%s/%s/%s/%s/aws4_request, SignedHeaders=%s, Signature=%s" % (
            user, day, region, service, auth.signed_headers(auth.headers_to_sign(request)), signature)
        count += 1
        if wanted != sent:
            print("%s %s: %s instead of %s" % (method, url, sent, wanted))
    print("verified %d" % count)
    """
}
