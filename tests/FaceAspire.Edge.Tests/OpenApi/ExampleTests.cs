using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Edge.Tests.OpenApi;

/// <summary>What the document shows is sent to a running service as it stands.</summary>
public sealed class ExampleTests(OpenFixture open) : IClassFixture<OpenFixture>, IAsyncLifetime
{
    private const string Json = "application/json";

    private static readonly string _picture = Path.Combine(SharedMaterial.RepositoryRoot, "samples", "anna.jpg");

    private long _face;

    /// <summary>Routes whose bodies need a picture.</summary>
    public static TheoryData<string> PictureRoutes =>
    [
        "/api/v1/verify", "/api/v1/represent", "/api/v1/embed", "/api/v1/extract", "/api/v1/analyze", "/api/v1/find",
        "/api/v1/galleries/{gallery}/search", "/api/v1/galleries/{gallery}/subjects/{subject}/verify",
    ];

    public static TheoryData<string> BodyRoutes => [.. PictureRoutes.Select(static row => row.Data), "/api/v1/galleries/{gallery}/subjects/{subject}/faces", "/api/v1/galleries/{gallery}/subjects/{subject}"];

    private HttpClient Client => open.Service.Client;

    /// <summary>What the examples speak of is there: enrolling it again changes nothing.</summary>
    public async ValueTask InitializeAsync()
    {
        var (status, answer) = await SendAsync("POST", "/api/v1/galleries/staff/subjects/anna/faces", """{"img":"anna.jpg"}""");
        status.ShouldBe(200, answer.ToString());
        _face = answer.GetProperty("results")[0].GetProperty("face_id").GetInt64();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task BodyRoutes_AreAllThatTheDocumentHas()
    {
        var api = await ApiDescription.OfAsync(Client);

        api.Operations.Where(operation => api.Bodies(operation.Operation).ContainsKey(Json)).Select(static operation => operation.Path).ShouldBe(BodyRoutes.Select(static row => row.Data), ignoreOrder: true);
    }

    [Theory, MemberData(nameof(BodyRoutes))]
    public async Task Example_SentAsItStands_IsAnsweredAsTheSchemaSays(string path)
    {
        var (api, verb, operation) = await OperationAsync(path);
        var content = api.Bodies(operation)[Json];
        var examples = ApiDescription.Examples(content).ToArray();

        examples.Length.ShouldBeGreaterThanOrEqualTo(2);
        foreach (var (name, example) in examples)
        {
            api.Faults(example, content.GetProperty("schema")).ShouldBeEmpty(name);
            var (status, answer) = await SendAsync(verb, path, example.GetRawText());
            status.ShouldBe(200, $"{name}: {answer}");
            api.Faults(answer, api.Answer(operation, "200").GetProperty("schema")).ShouldBeEmpty(name);
        }
    }

    [Theory, MemberData(nameof(PictureRoutes))]
    public async Task Form_RequiredPicturesAsFiles_IsAnsweredAsTheSchemaSays(string path)
    {
        var (api, _, operation) = await OperationAsync(path);
        using var form = new MultipartFormDataContent();
        foreach (string field in Required(api, api.Bodies(operation)["multipart/form-data"]))
        {
            form.Add(new ByteArrayContent(await File.ReadAllBytesAsync(_picture, TestContext.Current.CancellationToken)), field, "anna.jpg");
        }

        if (path.EndsWith("/find", StringComparison.Ordinal))
        {
            form.Add(new StringContent("staff"), "gallery"); // nobody is in the default one
        }

        using var response = await Client.PostAsync(Concrete(path), form, TestContext.Current.CancellationToken);
        var answer = await ReadAsync(response);

        ((int)response.StatusCode).ShouldBe(200, answer.ToString());
        api.Faults(answer, api.Answer(operation, "200").GetProperty("schema")).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(PictureRoutes))]
    public async Task RequiredField_Missing_IsTheDocumented422(string path)
    {
        var (api, verb, operation) = await OperationAsync(path);
        var content = api.Bodies(operation)[Json];
        var example = ApiDescription.Examples(content).First().Value;
        string[] required = Required(api, content);

        required.ShouldNotBeEmpty();
        foreach (string field in required)
        {
            var rest = example.EnumerateObject().Where(property => property.Name != field).ToDictionary(static property => property.Name, static property => property.Value);
            var (status, answer) = await SendAsync(verb, path, JsonSerializer.Serialize(rest));

            status.ShouldBe(422);
            answer.GetProperty("error_code").GetString().ShouldBe("validation_error");
            answer.GetProperty("details").GetProperty("fields").EnumerateArray().ShouldHaveSingleItem().GetProperty("field").GetString().ShouldBe(field);
            api.Faults(answer, api.Schema("ErrorResponse")).ShouldBeEmpty();
        }
    }

    /// <summary>Every field that the document has is looked at: a list of objects is right for none of them.</summary>
    [Theory, MemberData(nameof(BodyRoutes))]
    public async Task EveryField_OfTheWrongType_IsNamedInThe422(string path)
    {
        var (api, verb, operation) = await OperationAsync(path);
        var properties = api.Follow(api.Bodies(operation)[Json].GetProperty("schema")).GetProperty("properties");
        string[] fields = [.. properties.EnumerateObject().Select(static property => property.Name)];

        var (status, answer) = await SendAsync(verb, path, $"{{{string.Join(',', fields.Select(static field => $"\"{field}\":[{{}}]"))}}}");

        status.ShouldBe(422);
        answer.GetProperty("details").GetProperty("fields").EnumerateArray().Select(static fault => fault.GetProperty("field").GetString()).ShouldBe(fields, ignoreOrder: true);
    }

    [Fact]
    public async Task GetRoutes_Asked_AreAnsweredAsTheSchemaSays()
    {
        var api = await ApiDescription.OfAsync(Client);
        foreach (var (path, _, operation) in api.Operations.Where(operation => operation.Verb == "GET" && api.IsJson(operation.Operation, "200")))
        {
            using var response = await Client.GetAsync(Concrete(path), TestContext.Current.CancellationToken);
            string status = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);

            status.ShouldBeOneOf(path == "/health/ready" ? ["200", "503"] : ["200"]);
            api.Faults(await ReadAsync(response), api.Answer(operation, status).GetProperty("schema")).ShouldBeEmpty(path);
        }
    }

    [Fact]
    public async Task AnswerExamples_All_AreWhatTheSchemaSays()
    {
        var api = await ApiDescription.OfAsync(Client);
        int count = 0;
        foreach (var (path, _, operation) in api.Operations)
        {
            foreach (string answer in operation.GetProperty("responses").EnumerateObject().Select(static answer => answer.Name).Where(answer => api.IsJson(operation, answer)))
            {
                var content = api.Answer(operation, answer);
                var schema = content.GetProperty("schema");
                foreach (var (name, example) in ApiDescription.Examples(content))
                {
                    count++;
                    api.Faults(example, schema.TryGetProperty("allOf", out var parts) ? parts[0] : schema).ShouldBeEmpty($"{path} {answer} {name}");
                }
            }
        }

        count.ShouldBeGreaterThan(10);
    }

    /// <summary>The operation of a path that takes a JSON body.</summary>
    private async Task<(ApiDescription Api, string Verb, JsonElement Operation)> OperationAsync(string path)
    {
        var api = await ApiDescription.OfAsync(Client);
        var (_, verb, operation) = api.Operations.Single(one => one.Path == path && api.Bodies(one.Operation).ContainsKey(Json));
        return (api, verb, operation);
    }

    private string Concrete(string path) => path.Replace("{gallery}", "staff", StringComparison.Ordinal).Replace("{subject}", "anna", StringComparison.Ordinal)
        .Replace("{face}", _face.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static string[] Required(ApiDescription api, JsonElement content) =>
        [.. api.Follow(content.GetProperty("schema")).GetProperty("required").EnumerateArray().Select(static name => name.GetString()!)];

    private async Task<(int Status, JsonElement Answer)> SendAsync(string verb, string path, string json)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), Concrete(path)) { Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue(Json)) };
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await ReadAsync(response));
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
}
