using System.Text;
using FaceAspire.Testing;
using FaceAspire.Tests.EndToEnd.Local;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>Requests to the whole API and what becomes of them, by a name for the list of tests.</summary>
internal static class ApiRequests
{
    private const string Verify = "/api/v1/verify";
    private const string Represent = "/api/v1/represent";
    private const string Embed = "/api/v1/embed";
    private const string Extract = "/api/v1/extract";
    private const string Analyze = "/api/v1/analyze";
    private const string NoFace = "422 no_face_detected";
    private const string Invalid = "422 validation_error";
    private const string NotAnImage = "400 image_decode_error";
    private const string TooLarge = "413 image_too_large";
    private const string Ok = "200";

    // As many numbers as an embedding of FaceLite has (models/catalog.json), and none of them special.
    private static readonly float[] _embedding = [.. Enumerable.Range(0, 192).Select(static i => MathF.Sin(i))];

    /// <summary>With the drawn pictures and the embedded models.</summary>
    public static IReadOnlyDictionary<string, ApiRequest> Drawn { get; } = new Dictionary<string, ApiRequest>
    {
        ["models"] = new(Ok, static () => Get("/api/v1/models")),
        ["health"] = new(Ok, static () => Get("/health")),
        ["health, live"] = new(Ok, static () => Get("/health/live")),
        ["alive"] = new(Ok, static () => Get("/alive")),
        ["verify"] = new(Ok, static () => ApiAnswer.Json(Verify, new { img1 = Anna, img2 = AnnaLeaning })),
        ["verify, two persons, another metric and threshold"] = new(Ok, static () =>
            ApiAnswer.Json(Verify, new { img1 = Anna, img2 = Ben, distance_metric = "euclidean_l2", threshold = 0.5 })),
        ["verify, bare base64, expanded"] = new(Ok, static () => ApiAnswer.Json(Verify, new { img1 = Bare("anna.jpg"), img2 = Bare("ben.jpg"), expand_percentage = 10 })),
        ["verify, DeepFace's alignment, not rotated"] = new(Ok, static () =>
            ApiAnswer.Json(Verify, new { img1 = AnnaLeaning, img2 = Ben, alignment = "deepface", align = false, normalization = "ArcFace" })),
        ["verify, form"] = new(Ok, static () =>
            ApiAnswer.Form(Verify, ("img1", SamplePictures.Bytes("anna.jpg")), ("img2", SamplePictures.Bytes("ben.jpg")), ("distance_metric", "angular"))),
        ["verify, embedding and picture"] = new(Ok, static () => ApiAnswer.Json(Verify, new { img1 = _embedding, img2 = Anna })),
        ["verify, no face in the second, not enforced"] = new(Ok, static () => ApiAnswer.Json(Verify, new { img1 = Anna, img2 = Blank, enforce_detection = false })),
        ["represent"] = new(Ok, static () => ApiAnswer.Json(Represent, new { img = Ben })),
        ["represent, form"] = new(Ok, static () => ApiAnswer.Form(Represent, ("img", SamplePictures.Bytes("anna-leaning.jpg")), ("normalization", "raw"), ("alignment", "native"))),
        ["represent, detector skip"] = new(Ok, static () => ApiAnswer.Json(Represent, new { img = Anna, detector_backend = "skip" })),
        ["embed, one face"] = new(Ok, static () => ApiAnswer.Json(Embed, new { img = Anna, max_faces = 1, alignment = "deepface" })),
        ["extract"] = new(Ok, static () => ApiAnswer.Json(Extract, new { img = AnnaLeaning })),
        ["extract, form, expanded, not rotated"] = new(Ok, static () =>
            ApiAnswer.Form(Extract, ("img", SamplePictures.Bytes("anna-leaning.jpg")), ("expand_percentage", "20"), ("align", "false"))),
        ["extract, no face, not enforced"] = new(Ok, static () => ApiAnswer.Json(Extract, new { img = Blank, enforce_detection = false })),
        ["analyze"] = new(Ok, static () => ApiAnswer.Json(Analyze, new { img = Anna })),
        ["analyze, form, two actions"] = new(Ok, static () => ApiAnswer.Form(Analyze, ("img", SamplePictures.Bytes("ben.jpg")), ("actions", "age"), ("actions", "emotion"))),
        ["verify, every field wrong"] = new(Invalid, static () => ApiAnswer.Json(Verify, new
        {
            img1 = 5,
            model_name = "nobody",
            detector_backend = "nothing",
            distance_metric = "far",
            enforce_detection = "maybe",
            align = 1,
            alignment = "best",
            normalization = "odd",
            expand_percentage = 1.5,
            threshold = -1,
            anti_spoofing = "perhaps",
        })),
        ["analyze, wrong action"] = new(Invalid, static () => ApiAnswer.Json(Analyze, new { img = Anna, actions = new[] { "age", "height" } })),
        ["extract, nothing"] = new(Invalid, static () => ApiAnswer.Json(Extract, new { })),
        ["verify, embedding of another model"] = new(Invalid, static () => ApiAnswer.Json(Verify, new { img1 = new[] { 1f, 2f }, img2 = Anna })),
        ["represent, broken JSON"] = new(Invalid, static () => ApiAnswer.Text(Represent, """{"img": """)),
        ["analyze, empty body"] = new(Invalid, static () => ApiAnswer.Text(Analyze, "")),
        ["extract, plain text"] = new("415 unsupported_media_type", static () => ApiAnswer.Text(Extract, "img", "text/plain")),
        ["verify, no face in the second"] = new(NoFace, static () => ApiAnswer.Json(Verify, new { img1 = Anna, img2 = Blank })),
        ["extract, no face"] = new(NoFace, static () => ApiAnswer.Json(Extract, new { img = Blank })),
        ["analyze, no face"] = new(NoFace, static () => ApiAnswer.Json(Analyze, new { img = Blank })),
        ["represent, not an image"] = new(NotAnImage, static () => ApiAnswer.Json(Represent, new { img = Convert.ToBase64String(Encoding.UTF8.GetBytes("hello world, this is text")) })),
        ["verify, TIFF in the first"] = new(NotAnImage, static () => ApiAnswer.Form(Verify, ("img1", (byte[])[(byte)'I', (byte)'I', 0x2A, 0, .. new byte[100]]), ("img2", SamplePictures.Bytes("ben.jpg")))),
        ["extract, not base64"] = new(NotAnImage, static () => ApiAnswer.Json(Extract, new { img = "data:image/png;base64,%%%" })),
        ["represent, file out of bounds"] = new(NotAnImage, static () => ApiAnswer.Json(Represent, new { img = "/etc/hostname" })),
        ["analyze, nobody behind the URL"] = new(NotAnImage, static () => ApiAnswer.Json(Analyze, new { img = "http://127.0.0.1:1/a.jpg?key=1" })),
        ["represent, too many pixels"] = new(TooLarge, static () => ApiAnswer.Form(Represent, ("img", PngFile.Bomb(20_000, 20_000)))),
        ["analyze, image too large"] = new(TooLarge, static () => ApiAnswer.Json(Analyze, new { img = Convert.ToBase64String(new byte[WholeSet.MaxImageBytes + 1]) })),
        ["extract, body too large"] = new(TooLarge, static () => Announced(ApiAnswer.Text(Extract, new string(' ', 3 * WholeSet.MaxImageBytes)))),
        ["no such route"] = new("404 not_found", static () => Get("/api/v1/nothing")),
        ["wrong verb"] = new("405 method_not_allowed", static () => Get(Verify)),
        ["wrong verb, models"] = new("405 method_not_allowed", static () => ApiAnswer.Json("/api/v1/models", new { })),
    };

    /// <summary>With photos by their names, and models that are not embedded.</summary>
    public static IReadOnlyDictionary<string, ApiRequest> OfPhotos { get; } = new Dictionary<string, ApiRequest>
    {
        ["verify, Dlib, yunet"] = new(Ok, static () => ApiAnswer.Json(Verify, new { img1 = "img2.jpg", img2 = "img3.jpg", model_name = "Dlib", detector_backend = "yunet" })),
        ["verify, Dlib, DeepFace's alignment"] = new(Ok, static () => ApiAnswer.Json(Verify, new { img1 = "img4.jpg", img2 = "img5.jpg", model_name = "dlib", alignment = "deepface" })),
        ["verify, several faces, mobilefacenet"] = new(Ok, static () => ApiAnswer.Json(Verify, new { img1 = "couple.jpg", img2 = "img4.jpg", model_name = "mobilefacenet", distance_metric = "euclidean" })),
        ["represent, several faces"] = new(Ok, static () => ApiAnswer.Json(Represent, new { img = "couple.jpg", detector_backend = "yunet", expand_percentage = 5 })),
        ["represent, the largest faces"] = new(Ok, static () => ApiAnswer.Form(Embed, ("img", "selfie-many-people.jpg"), ("max_faces", "2"), ("model_name", "mobileface_v2"))),
        ["extract, several faces"] = new(Ok, static () => ApiAnswer.Json(Extract, new { img = "selfie-many-people.jpg", detector_backend = "yunet" })),
        ["analyze, several faces"] = new(Ok, static () => ApiAnswer.Json(Analyze, new { img = "couple.jpg", actions = new[] { "gender", "race" } })),
        ["represent, photo too large"] = new(TooLarge, static () => ApiAnswer.Json(Represent, new { img = "img1.jpg" })),
        ["represent, no such photo"] = new(NotAnImage, static () => ApiAnswer.Json(Represent, new { img = "no-such.jpg" })),
    };

    private static string Anna => SamplePictures.DataUri(SamplePictures.Bytes("anna.jpg"));

    private static string AnnaLeaning => SamplePictures.DataUri(SamplePictures.Bytes("anna-leaning.jpg"));

    private static string Ben => SamplePictures.DataUri(SamplePictures.Bytes("ben.jpg"));

    /// <summary>A black picture.</summary>
    private static string Blank => $"data:image/png;base64,{Convert.ToBase64String(PngFile.Bomb(64, 64))}";

    private static string Bare(string picture) => Convert.ToBase64String(SamplePictures.Bytes(picture));

    /// <summary>The body follows when it is wanted: one that is refused unread would break the connection, and the answer could be lost.</summary>
    private static HttpRequestMessage Announced(HttpRequestMessage request)
    {
        request.Headers.ExpectContinue = true;
        return request;
    }

    private static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);
}
