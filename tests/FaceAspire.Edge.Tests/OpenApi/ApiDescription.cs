using System.Text.Json;
using System.Text.RegularExpressions;

namespace FaceAspire.Edge.Tests.OpenApi;

/// <summary>The OpenAPI document as tests ask it: references followed, and values held against the part of JSON Schema that the document uses.</summary>
internal sealed class ApiDescription(JsonElement root)
{
    private static readonly string[] _verbs = ["get", "post", "put", "patch", "delete", "head", "options"];

    public JsonElement Root { get; } = root;

    public JsonElement Components => Root.GetProperty("components");

    public IEnumerable<(string Path, string Verb, JsonElement Operation)> Operations =>
        from path in Root.GetProperty("paths").EnumerateObject()
        from verb in path.Value.EnumerateObject()
        where _verbs.Contains(verb.Name)
        select (path.Name, verb.Name.ToUpperInvariant(), verb.Value);

    public static async Task<ApiDescription> OfAsync(HttpClient client) =>
        new(JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken)).RootElement);

    public JsonElement Schema(string name) => Components.GetProperty("schemas").GetProperty(name);

    /// <summary>What an element stands for: itself, or what it refers to.</summary>
    public JsonElement Follow(JsonElement element)
    {
        while (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("$ref", out var reference))
        {
            element = reference.GetString()!.Split('/').Skip(1).Aggregate(Root, static (at, name) => at.GetProperty(name));
        }

        return element;
    }

    /// <summary>The bodies that an operation takes, by media type; none for one without a body.</summary>
    public IReadOnlyDictionary<string, JsonElement> Bodies(JsonElement operation) => operation.TryGetProperty("requestBody", out var body)
        ? Follow(body).GetProperty("content").EnumerateObject().ToDictionary(static content => content.Name, static content => content.Value)
        : [];

    /// <summary>The examples of a body or an answer, by name.</summary>
    public static IEnumerable<(string Name, JsonElement Value)> Examples(JsonElement content)
    {
        if (content.TryGetProperty("example", out var only))
        {
            yield return ("example", only);
        }

        foreach (var example in content.TryGetProperty("examples", out var all) ? all.EnumerateObject().ToArray() : [])
        {
            yield return (example.Name, example.Value.GetProperty("value"));
        }
    }

    /// <summary>Whether an operation's answer with a status is JSON, and not a picture or lines.</summary>
    public bool IsJson(JsonElement operation, string status) => Follow(operation.GetProperty("responses").GetProperty(status)).GetProperty("content").TryGetProperty("application/json", out _);

    /// <summary>The content of an operation's answer with a status.</summary>
    public JsonElement Answer(JsonElement operation, string status) => Follow(operation.GetProperty("responses").GetProperty(status)).GetProperty("content").GetProperty("application/json");

    /// <summary>Everything in which a value is not what a schema says. A property that the schema does not name is wrong, too: answers have no others.</summary>
    public IEnumerable<string> Faults(JsonElement value, JsonElement schema, string at = "$")
    {
        schema = Follow(schema);
        List<string> faults = [];
        foreach (var rule in schema.EnumerateObject())
        {
            bool holds = rule.Name switch
            {
                "type" => (rule.Value.ValueKind == JsonValueKind.String ? [rule.Value] : rule.Value.EnumerateArray().ToArray()).Any(type => IsOf(value, type.GetString()!)),
                "const" => JsonElement.DeepEquals(value, rule.Value),
                "enum" => rule.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(value, one)),
                "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() >= rule.Value.GetDouble(),
                "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() <= rule.Value.GetDouble(),
                "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= rule.Value.GetInt32(),
                "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.Value.GetString()!),
                "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= rule.Value.GetInt32(),
                "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= rule.Value.GetInt32(),
                "required" => value.ValueKind != JsonValueKind.Object || rule.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
                "anyOf" => rule.Value.EnumerateArray().Any(one => !Faults(value, one).Any()),
                "items" or "properties" or "additionalProperties" or "description" or "default" or "format" => true,
                _ => throw new NotSupportedException($"The tests do not know the rule {rule.Name}."),
            };
            if (!holds)
            {
                faults.Add($"{at}: {value} breaks {rule.Name} {rule.Value}");
            }
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            faults.AddRange(value.EnumerateArray().SelectMany((item, i) => Faults(item, items, $"{at}[{i}]")));
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            faults.AddRange(value.EnumerateObject().SelectMany(property => PropertyFaults(property, schema, at)));
        }

        return faults;
    }

    private IEnumerable<string> PropertyFaults(JsonProperty property, JsonElement schema, string at)
    {
        string inside = $"{at}.{property.Name}";
        return schema.TryGetProperty("properties", out var known) && known.TryGetProperty(property.Name, out var own) ? Faults(property.Value, own, inside)
            : schema.TryGetProperty("additionalProperties", out var any) ? Faults(property.Value, any, inside)
            : [$"{inside} is not in the schema"];
    }

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new NotSupportedException($"The tests do not know the type {type}."),
    };
}
