using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Edge.Tests.OpenApi;

/// <summary>What the document shows is sent to a running service as it stands.</summary>
public sealed class ExampleTests(OpenFixture open) : IClassFixture<OpenFixture>
{
    private const string Json = "application/json";

    private static readonly string _picture = Path.Combine(SharedMaterial.RepositoryRoot, "samples", "anna.jpg");

    public static TheoryData<string> BodyRoutes => ["/api/v1/verify", "/api/v1/represent", "/api/v1/embed", "/api/v1/extract", "/api/v1/analyze"];

    private HttpClient Client => open.Service.Client;

    [Fact]
    public async Task BodyRoutes_AreAllThatTheDocumentHas()
    {
        var api = await ApiDescription.OfAsync(Client);

        api.Operations.Where(operation => api.Bodies(operation.Operation).Count > 0).Select(static operation => operation.Path).ShouldBe(BodyRoutes.Select(static row => row.Data), ignoreOrder: true);
    }

    [Theory, MemberData(nameof(BodyRoutes))]
    public async Task Example_SentAsItStands_IsAnsweredAsTheSchemaSays(string path)
    {
        var (api, operation) = await OperationAsync(path);
        var content = api.Bodies(operation)[Json];
        var examples = ApiDescription.Examples(content).ToArray();

        examples.Length.ShouldBeGreaterThanOrEqualTo(2);
        foreach (var (name, example) in examples)
        {
            api.Faults(example, content.GetProperty("schema")).ShouldBeEmpty(name);
            var (status, answer) = await PostAsync(path, example.GetRawText());
            status.ShouldBe(200, $"{name}: {answer}");
            api.Faults(answer, api.Answer(operation, "200").GetProperty("schema")).ShouldBeEmpty(name);
        }
    }

    [Theory, MemberData(nameof(BodyRoutes))]
    public async Task Form_RequiredPicturesAsFiles_IsAnsweredAsTheSchemaSays(string path)
    {
        var (api, operation) = await OperationAsync(path);
        using var form = new MultipartFormDataContent();
        foreach (string field in Required(api, api.Bodies(operation)["multipart/form-data"]))
        {
            form.Add(new ByteArrayContent(await File.ReadAllBytesAsync(_picture, TestContext.Current.CancellationToken)), field, "anna.jpg");
        }

        using var response = await Client.PostAsync(path, form, TestContext.Current.CancellationToken);
        var answer = await ReadAsync(response);

        ((int)response.StatusCode).ShouldBe(200, answer.ToString());
        api.Faults(answer, api.Answer(operation, "200").GetProperty("schema")).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(BodyRoutes))]
    public async Task RequiredField_Missing_IsTheDocumented422(string path)
    {
        var (api, operation) = await OperationAsync(path);
        var content = api.Bodies(operation)[Json];
        var example = ApiDescription.Examples(content).First().Value;
        string[] required = Required(api, content);

        required.ShouldNotBeEmpty();
        foreach (string field in required)
        {
            var rest = example.EnumerateObject().Where(property => property.Name != field).ToDictionary(static property => property.Name, static property => property.Value);
            var (status, answer) = await PostAsync(path, JsonSerializer.Serialize(rest));

            status.ShouldBe(422);
            answer.GetProperty("error_code").GetString().ShouldBe("validation_error");
            answer.GetProperty("details").GetProperty("fields").EnumerateArray().ShouldHaveSingleItem().GetProperty("field").GetString().ShouldBe(field);
            api.Faults(answer, api.Schema("ErrorResponse")).ShouldBeEmpty();
        }
    }

    /// <summary>Every field that the document has is looked at: an object is right for none of them.</summary>
    [Theory, MemberData(nameof(BodyRoutes))]
    public async Task EveryField_OfTheWrongType_IsNamedInThe422(string path)
    {
        var (api, operation) = await OperationAsync(path);
        var properties = api.Follow(api.Bodies(operation)[Json].GetProperty("schema")).GetProperty("properties");
        string[] fields = [.. properties.EnumerateObject().Select(static property => property.Name)];

        var (status, answer) = await PostAsync(path, $"{{{string.Join(',', fields.Select(static field => $"\"{field}\":{{}}"))}}}");

        status.ShouldBe(422);
        answer.GetProperty("details").GetProperty("fields").EnumerateArray().Select(static fault => fault.GetProperty("field").GetString()).ShouldBe(fields, ignoreOrder: true);
    }

    [Fact]
    public async Task GetRoutes_Asked_AreAnsweredAsTheSchemaSays()
    {
        var api = await ApiDescription.OfAsync(Client);
        foreach (var (path, _, operation) in api.Operations.Where(static operation => operation.Verb == "GET"))
        {
            using var response = await Client.GetAsync(path, TestContext.Current.CancellationToken);
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
            foreach (string answer in operation.GetProperty("responses").EnumerateObject().Select(static answer => answer.Name))
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

    private async Task<(ApiDescription Api, JsonElement Operation)> OperationAsync(string path)
    {
        var api = await ApiDescription.OfAsync(Client);
        return (api, api.Root.GetProperty("paths").GetProperty(path).GetProperty("post"));
    }

    private static string[] Required(ApiDescription api, JsonElement content) =>
        [.. api.Follow(content.GetProperty("schema")).GetProperty("required").EnumerateArray().Select(static name => name.GetString()!)];

    private async Task<(int Status, JsonElement Answer)> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue(Json));
        using var response = await Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await ReadAsync(response));
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
}
