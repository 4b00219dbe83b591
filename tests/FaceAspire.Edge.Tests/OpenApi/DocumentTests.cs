using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FaceAspire.Contracts;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Edge.Access;
using FaceAspire.Recognition;
using FaceAspire.Testing;

namespace FaceAspire.Edge.Tests.OpenApi;

/// <summary>The document is kept by hand; these hold it against the code.</summary>
public sealed class DocumentTests(OpenFixture open) : IClassFixture<OpenFixture>
{
    private static readonly ApiNames _names = new(["FaceLite"], ["facelite"]);

    private delegate object Reader(RequestFields fields);

    private static readonly Dictionary<string, Reader> _requests = new()
    {
        ["Verify"] = static fields => VerifyRequest.Read(fields, _names),
        ["Represent"] = static fields => RepresentRequest.Read(fields, _names),
        ["Extract"] = static fields => ExtractRequest.Read(fields, _names),
        ["Analyze"] = static fields => AnalyzeRequest.Read(fields, _names),
        ["Find"] = static fields => FindRequest.Read(fields, _names),
        ["Search"] = static fields => SearchRequest.Read(fields, _names),
        ["SubjectVerify"] = static fields => SubjectVerifyRequest.Read(fields, _names),
        ["Enrol"] = static fields => EnrolRequest.Read(fields, _names),
        ["SubjectChange"] = static fields => SubjectChangeRequest.Read(fields, _names),
    };

    private static readonly Type[] _answers =
    [
        typeof(VerifyResponse), typeof(RepresentResponse), typeof(ExtractResponse), typeof(AnalyzeResponse), typeof(ModelsResponse), typeof(ServiceInfoResponse), typeof(HealthResponse),
        typeof(ErrorResponse), typeof(FindResponse), typeof(SearchResponse), typeof(SubjectVerifyResponse), typeof(EnrolResponse), typeof(GalleriesResponse), typeof(GalleryResponse),
        typeof(DeletedResponse), typeof(SubjectsResponse), typeof(SubjectResponse), typeof(FacesResponse), typeof(FaceResponse), typeof(ImportResponse),
    ];

    public static TheoryData<string> Requests => [.. _requests.Keys];

    private ServiceProcess Service => open.Service;

    [Fact]
    public async Task Document_PathsAndVerbs_AreThoseThatTheServiceLists()
    {
        var api = await ApiDescription.OfAsync(Service.Client);
        using var root = JsonDocument.Parse(await Service.Client.GetStringAsync("/", TestContext.Current.CancellationToken));

        string[] listed = [.. root.RootElement.GetProperty("endpoints").EnumerateArray().Select(static endpoint => endpoint.GetString()!)];

        listed.ShouldContain("GET /openapi/v1.json");
        api.Operations.Select(static operation => $"{operation.Verb} {operation.Path}").ShouldBe(listed.Except(["GET /openapi/v1.json"]), ignoreOrder: true);
    }

    [Fact]
    public async Task Document_Operations_WantAKeyWhereTheTableDoes()
    {
        var api = await ApiDescription.OfAsync(Service.Client);

        foreach (var (path, verb, operation) in api.Operations)
        {
            var security = operation.TryGetProperty("security", out var own) ? own : api.Root.GetProperty("security");
            string[] scopes = [.. security.EnumerateArray().SelectMany(static one => one.EnumerateObject()).SelectMany(static scheme => scheme.Value.EnumerateArray()).Select(static scope => scope.GetString()!).Distinct()];
            scopes.ShouldBe(
                AccessTable.RuleFor(verb, path).Needs switch
                {
                    Scopes.None => [],
                    Scopes.Read => ["read"],
                    Scopes.Enrol => ["enrol"],
                    _ => ["admin"],
                },
                $"{verb} {path}");
        }

        api.Operations.Select(static operation => operation.Operation.GetProperty("operationId").GetString()).ShouldBeUnique();
        api.Root.GetProperty("openapi").GetString().ShouldStartWith("3.1.");
        api.Root.GetProperty("info").GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        api.Root.GetProperty("servers")[0].GetProperty("url").GetString().ShouldBe("/");
    }

    [Fact]
    public async Task Document_References_AllLeadSomewhereAndNothingIsUnused()
    {
        var api = await ApiDescription.OfAsync(Service.Client);
        string[] references = [.. References(api.Root).Distinct()];

        foreach (string reference in references)
        {
            reference.Split('/').Skip(1).Aggregate(api.Root, static (at, name) => at.GetProperty(name)).ValueKind.ShouldBe(JsonValueKind.Object, reference);
        }

        string[] parts =
        [
            .. from kind in api.Components.EnumerateObject()
               where kind.Name != "securitySchemes"
               from part in kind.Value.EnumerateObject()
               select $"#/components/{kind.Name}/{part.Name}",
        ];
        parts.ShouldBe(references, ignoreOrder: true);
    }

    [Fact]
    public async Task Document_AnswerSchemas_HaveThePropertiesOfTheAnswers()
    {
        var api = await ApiDescription.OfAsync(Service.Client);
        var seen = new HashSet<Type>();
        var left = new Queue<Type>(_answers);
        while (left.TryDequeue(out var type))
        {
            if (!seen.Add(type) || ApiJsonContext.Default.GetTypeInfo(type) is not { } info)
            {
                continue;
            }

            if (info.ElementType is { } element)
            {
                left.Enqueue(element);
            }

            if (info.Kind != JsonTypeInfoKind.Object)
            {
                continue;
            }

            var schema = api.Schema(type.Name);
            schema.GetProperty("properties").EnumerateObject().Select(static property => property.Name).ShouldBe(info.Properties.Select(static property => property.Name), ignoreOrder: true, type.Name);
            string[] required = schema.TryGetProperty("required", out var names) ? [.. names.EnumerateArray().Select(static name => name.GetString()!)] : [];
            required.ShouldBe(info.Properties.Where(property => !MayBeAbsent(type, property)).Select(static property => property.Name), ignoreOrder: true, type.Name);
            foreach (var property in info.Properties)
            {
                left.Enqueue(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
            }
        }

        seen.ShouldContain(typeof(FieldError)); // the deepest: the walk went all the way
        seen.ShouldContain(typeof(RepresentedFace));
    }

    [Theory, MemberData(nameof(Requests))]
    public async Task Document_RequestSchemas_HaveTheFieldsThatAreReadAndTheirDefaults(string request)
    {
        var api = await ApiDescription.OfAsync(Service.Client);
        var properties = api.Schema($"{request}Request").GetProperty("properties");
        var form = api.Schema($"{request}Form").GetProperty("properties");
        var body = new RecordedFields(new Dictionary<string, FieldValue>());
        object read = _requests[request](new RequestFields(body));

        properties.EnumerateObject().Select(static property => property.Name).ShouldBe(body.Asked, ignoreOrder: true);
        form.EnumerateObject().Select(static property => property.Name).ShouldBe(body.Asked, ignoreOrder: true);
        foreach (var property in properties.EnumerateObject().Where(static property => !property.Name.StartsWith("img", StringComparison.Ordinal)))
        {
            JsonElement.DeepEquals(property.Value, form.GetProperty(property.Name)).ShouldBeTrue(property.Name);
            string documented = api.Follow(property.Value).TryGetProperty("default", out var value) ? value.ToString() : "";
            documented.Replace(" ", "", StringComparison.Ordinal).ShouldBe(DefaultOf(property.Name, read), property.Name);
        }
    }

    [Theory, MemberData(nameof(Requests))]
    public async Task Document_Ranges_AreThoseThatAreChecked(string request)
    {
        var api = await ApiDescription.OfAsync(Service.Client);
        foreach (var property in api.Schema($"{request}Request").GetProperty("properties").EnumerateObject())
        {
            var schema = api.Follow(property.Value);
            foreach (var (bound, beyond) in (ReadOnlySpan<(string, int)>)[("minimum", -1), ("maximum", 1)])
            {
                if (schema.TryGetProperty(bound, out var limit))
                {
                    Accepts(request, property.Name, limit.GetDouble()).ShouldBeTrue($"{property.Name} {bound}");
                    Accepts(request, property.Name, limit.GetDouble() + beyond).ShouldBeFalse($"{property.Name} beyond {bound}");
                }
            }
        }
    }

    [Fact]
    public async Task Document_Enums_AreTheVocabularies()
    {
        var api = await ApiDescription.OfAsync(Service.Client);
        using var models = JsonDocument.Parse(await Service.Client.GetStringAsync("/api/v1/models", TestContext.Current.CancellationToken));
        string[] Named(string task) =>
            [.. models.RootElement.GetProperty("models").EnumerateArray().Where(model => model.GetProperty("task").GetString() == task).Select(static model => model.GetProperty("name").GetString()!)];

        Enum(api.Schema("DistanceMetric")).ShouldBe(ApiNames.Metrics.Names);
        Enum(api.Schema("VerifyResponse").GetProperty("properties").GetProperty("similarity_metric")).ShouldBe(ApiNames.Metrics.Names);
        Enum(api.Schema("Alignment")).ShouldBe(ApiNames.Alignments.Names);
        Enum(api.Schema("Normalization")).ShouldBe(ApiNames.Normalizations.Names);
        Enum(api.Schema("Actions").GetProperty("items")).ShouldBe(ApiNames.Actions.Names);
        Enum(api.Schema("ColorFace")).ShouldBe(ApiNames.Colors.Names);
        Enum(api.Schema("Include").GetProperty("items")).ShouldBe(ApiNames.Details.Names);
        Enum(api.Schema("ModelName")).ShouldBe(Named("recognition"), ignoreOrder: true);
        Enum(api.Schema("DetectorBackend")).ShouldBe([.. Named("detection"), ApiNames.SkipDetector], ignoreOrder: true);
        Enum(api.Schema("GalleryModelName")).ShouldBe(Named("recognition"), ignoreOrder: true);
        Enum(api.Schema("GalleryDetectorBackend")).ShouldBe([.. Named("detection"), ApiNames.SkipDetector], ignoreOrder: true);
        Enum(api.Schema("GalleryAlignment")).ShouldBe(ApiNames.Alignments.Names);
        Enum(api.Schema("GalleryNormalization")).ShouldBe(ApiNames.Normalizations.Names);
        Enum(api.Schema("EnrolRequest").GetProperty("properties").GetProperty("on_several")).ShouldBe(ApiNames.Several.Names);
        var face = api.Schema("AnalyzedFace").GetProperty("properties");
        Enum(face.GetProperty("dominant_gender")).ShouldBe(DeepFaceClasses.Gender);
        Enum(face.GetProperty("dominant_emotion")).ShouldBe(DeepFaceClasses.Emotion);
        Enum(face.GetProperty("dominant_race")).ShouldBe(DeepFaceClasses.Race);
    }

    [Fact]
    public async Task Document_ErrorCodes_AreAllThereAreEachUnderItsStatus()
    {
        var api = await ApiDescription.OfAsync(Service.Client);
        var documented = new HashSet<string>();
        foreach (var (path, _, operation) in api.Operations)
        {
            foreach (var answer in operation.GetProperty("responses").EnumerateObject().Where(static answer => answer.Name is not "200" and not "default"))
            {
                var schema = api.Answer(operation, answer.Name).GetProperty("schema");
                foreach (string code in schema.TryGetProperty("allOf", out var parts) ? Enum(parts[1].GetProperty("properties").GetProperty("error_code")) : [])
                {
                    ErrorCode.All.Single(known => known.Name == code).Status.ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe(answer.Name, $"{path} {code}");
                    documented.Add(code);
                }
            }
        }

        Enum(api.Schema("ErrorResponse").GetProperty("properties").GetProperty("error_code")).ShouldBe(ErrorCode.All.Select(static code => code.Name));

        // No operation has it of its own: it is about verbs that are none.
        documented.ShouldBe(ErrorCode.All.Select(static code => code.Name).Except(["method_not_allowed"]), ignoreOrder: true);
    }

    [Fact]
    public async Task Document_AskedForAgainWithItsTag_IsNotSentAgain()
    {
        using var first = await Service.SendAsync("GET", "/openapi/v1.json", ("Accept-Encoding", "br"));
        using var again = await Service.SendAsync("GET", "/openapi/v1.json", ("If-None-Match", first.Headers.ETag!.ToString()));

        first.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        first.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        first.Headers.CacheControl!.NoCache.ShouldBeTrue();
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static property =>
            property.Name == "$ref" && property.Value.ValueKind == JsonValueKind.String ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private static string[] Enum(JsonElement schema) => [.. schema.GetProperty("enum").EnumerateArray().Select(static value => value.GetString()!)];

    private static bool MayBeAbsent(Type type, JsonPropertyInfo property) => type.GetProperties()
        .Single(own => JsonNamingPolicy.SnakeCaseLower.ConvertName(own.Name) == property.Name)
        .GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true).Length > 0;

    private static bool Accepts(string request, string field, double value)
    {
        var fields = new RequestFields(new Dictionary<string, FieldValue> { [field] = new() { Kind = FieldKind.Number, Number = value } });
        _requests[request](fields);
        try
        {
            fields.ThrowIfInvalid();
        }
        catch (FaceAspireException exception)
        {
            return exception.Fields.All(wrong => wrong.Field != field); // the pictures are missing, too
        }

        return true;
    }

    /// <summary>What a request without the field gets, as the document would write it.</summary>
    private static string DefaultOf(string field, object request)
    {
        var options = new RecognitionOptions();
        string property = string.Concat(field.Split('_').Select(static word => char.ToUpperInvariant(word[0]) + word[1..]));
        if (request.GetType().GetProperty(property) is null)
        {
            return ""; // a part of EmbeddingChoice: as the gallery has it
        }

        return (field, request.GetType().GetProperty(property)!.GetValue(request)) switch
        {
            ("model_name", null) => options.DefaultModel,
            ("detector_backend", null) => options.DefaultDetector,
            ("distance_metric", null) => options.DefaultMetric,
            ("alignment", null) => options.DefaultAlignment,
            (_, null) => "",
            (_, ColorOrder color) => ApiNames.Colors.NameOf(color),
            (_, SeveralFaces several) => ApiNames.Several.NameOf(several),
            (_, InputNormalization normalization) => ApiNames.Normalizations.NameOf(normalization),
            (_, IReadOnlyList<AttributeAction> actions) => $"[{string.Join(',', actions.Select(action => $"\"{ApiNames.Actions.NameOf(action)}\""))}]",
            (_, IReadOnlyList<FaceDetail> details) => $"[{string.Join(',', details.Select(detail => $"\"{ApiNames.Details.NameOf(detail)}\""))}]",
            var (_, value) => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
        };
    }
}
