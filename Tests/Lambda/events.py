"""Events as the fronts of Lambda make them, from a method, a target, header fields and a body."""
import base64
import urllib.parse

TEXTUAL = ("text/", "application/json", "application/xml", "application/javascript")


def split(target):
    path, _, query = target.partition("?")
    return path, query


def encoded(body, headers):
    """(the body's text, isBase64Encoded) as the fronts choose it: by the content type."""
    if body is None:
        return None, False
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    if kind.startswith(TEXTUAL):
        return body.decode(), False
    return base64.b64encode(body).decode(), True


def joined(pairs):
    result = {}
    for name, value in pairs:
        result[name] = f"{result[name]},{value}" if name in result else value
    return result


def lists(pairs):
    result = {}
    for name, value in pairs:
        result.setdefault(name, []).append(value)
    return result


def v2(method, target, headers=(), body=None):
    """A Function URL's."""
    path, query = split(target)
    text, base = encoded(body, headers)
    fields = joined((name.lower(), value) for name, value in [
        ("host", "abc123.lambda-url.eu-central-1.on.aws"), ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-port", "443"), ("x-forwarded-proto", "https"), *headers])
    cookies = [part.strip() for name, value in headers if name.lower() == "cookie" for part in value.split(";")]
    event = {
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": fields,
        "requestContext": {
            "accountId": "anonymous", "apiId": "abc123", "domainName": "abc123.lambda-url.eu-central-1.on.aws",
            "domainPrefix": "abc123",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9",
                     "userAgent": "test"},
            "requestId": "0a1b2c3d-0000-4000-8000-000000000001", "routeKey": "$default", "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000", "timeEpoch": 1773342238000},
        "isBase64Encoded": base}
    if query:
        event["queryStringParameters"] = joined(urllib.parse.parse_qsl(query, keep_blank_values=True))
    if cookies:
        event["cookies"] = cookies
    if text is not None:
        event["body"] = text
    return event


def v1(method, target, headers=(), body=None):
    """A REST API's: header names as the client wrote them, query values decoded, everything in two maps."""
    path, query = split(target)
    text, base = encoded(body, headers)
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    fields = [("Host", "abc123.execute-api.eu-central-1.amazonaws.com"), *headers]
    return {
        "resource": "/{proxy+}", "path": path, "httpMethod": method,
        "headers": dict(fields), "multiValueHeaders": lists(fields),
        "queryStringParameters": dict(pairs) or None, "multiValueQueryStringParameters": lists(pairs) or None,
        "pathParameters": {"proxy": path.lstrip("/")}, "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012", "apiId": "abc123", "resourceId": "r", "resourcePath": "/{proxy+}",
            "stage": "prod", "httpMethod": method, "path": "/prod" + path, "protocol": "HTTP/1.1",
            "requestId": "0a1b2c3d-0000-4000-8000-000000000002", "extendedRequestId": "JKJaXmPLvHcESHA=",
            "domainName": "abc123.execute-api.eu-central-1.amazonaws.com",
            "identity": {"sourceIp": "203.0.113.9", "userAgent": "test"},
            "requestTime": "12/Mar/2026:19:03:58 +0000", "requestTimeEpoch": 1773342238000},
        "body": text, "isBase64Encoded": base}


def alb(method, target, headers=(), body=None, multi=False):
    """A load balancer's: query values as they were sent, one map or the other."""
    path, query = split(target)
    text, base = encoded(body, headers)
    pairs = [tuple(part.partition("=")[::2]) for part in query.split("&") if part]
    fields = [(name.lower(), value) for name, value in [("host", "lb.example"), ("x-forwarded-for", "203.0.113.9"), *headers]]
    event = {
        "requestContext": {"elb": {
            "targetGroupArn": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/t/0123456789abcdef"}},
        "httpMethod": method, "path": path, "body": text or "", "isBase64Encoded": base}
    if multi:
        return {**event, "multiValueHeaders": lists(fields), "multiValueQueryStringParameters": lists(pairs)}
    return {**event, "headers": dict(fields), "queryStringParameters": dict(pairs)}


def alb_multi(method, target, headers=(), body=None):
    return alb(method, target, headers, body, multi=True)


def health_check():
    return {
        "requestContext": alb("GET", "/")["requestContext"], "httpMethod": "GET", "path": "/",
        "queryStringParameters": {}, "headers": {"user-agent": "ELB-HealthChecker/2.0"}, "body": "",
        "isBase64Encoded": False}
