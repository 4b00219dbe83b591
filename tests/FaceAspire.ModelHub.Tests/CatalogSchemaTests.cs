using System.Text.Json;
using System.Text.RegularExpressions;
using FaceAspire.Testing;

namespace FaceAspire.ModelHub.Tests;

/// <summary>The catalogue against <c>catalog.schema.json</c>, which editors use. Read by a small judge of the keywords that the schema uses; another keyword is an error.</summary>
public sealed class CatalogSchemaTests
{
    private static readonly string _models = Path.Combine(SharedMaterial.RepositoryRoot, "models");
    private static readonly JsonElement _schema = Read("catalog.schema.json");

    [Fact]
    public void Catalogue_ObeysItsSchema() => ProblemsOf(Read("catalog.json")).ShouldBeEmpty();

    [Fact]
    public void Catalogue_NamesItsSchema() => Read("catalog.json").GetProperty("$schema").GetString().ShouldBe("catalog.schema.json");

    [Theory]
    [InlineData("\"commercial\": \"yes\"", "\"commercial\": \"maybe\"")]
    [InlineData("\"task\": \"recognition\"", "\"task\": \"counting\"")]
    [InlineData("\"licence\"", "\"license\"")]
    [InlineData("\"size_bytes\": ", "\"size_bytes\": -")]
    [InlineData("\"width\": 640", "\"width\": \"wide\"")]
    [InlineData("\"file\": \"facelite", "\"file\": \"../facelite")]
    public void Schema_WrongCatalogue_IsRefused(string text, string wrong)
    {
        string json = File.ReadAllText(Path.Combine(_models, "catalog.json"));
        json.ShouldContain(text);

        ProblemsOf(JsonDocument.Parse(json.Replace(text, wrong, StringComparison.Ordinal)).RootElement).ShouldNotBeEmpty();
    }

    [Fact]
    public void Schema_Decoders_AreThoseOfTheReader()
    {
        foreach (var decoder in _schema.GetProperty("$defs").GetProperty("model").GetProperty("properties").GetProperty("decoder").GetProperty("enum").EnumerateArray())
        {
            string message = Should.Throw<InvalidDataException>(static () => ModelCatalog.Parse("""{"models":[{"task":"detection"}]}"""u8)).Message;
            (message.Contains(decoder.GetString()!, StringComparison.Ordinal) || decoder.GetString() is "embedding" or "classes" or "liveness" or "mean").ShouldBeTrue(decoder.GetString());
        }
    }

    private static JsonElement Read(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_models, name))).RootElement;

    private static List<string> ProblemsOf(JsonElement catalog)
    {
        List<string> problems = [];
        Judge(catalog, _schema, "$", problems);
        return problems;
    }

    private static void Judge(JsonElement value, JsonElement schema, string path, List<string> problems)
    {
        foreach (var rule in schema.EnumerateObject())
        {
            bool holds = rule.Name switch
            {
                "$schema" or "$defs" or "title" or "description" or "properties" => true,
                "$ref" => JudgeAll([(value, _schema.GetProperty("$defs").GetProperty(rule.Value.GetString()!["#/$defs/".Length..]), path)], problems),
                "type" => IsOf(value, rule.Value.GetString()!),
                "enum" => rule.Value.EnumerateArray().Any(word => word.GetString() == (value.ValueKind == JsonValueKind.String ? value.GetString() : null)),
                "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.Value.GetString()!, RegexOptions.CultureInvariant),
                "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() >= rule.Value.GetDouble(),
                "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() <= rule.Value.GetDouble(),
                "required" => value.ValueKind != JsonValueKind.Object || rule.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
                "additionalProperties" => JudgeMembers(value, schema, path, problems),
                "items" => value.ValueKind != JsonValueKind.Array || JudgeAll(value.EnumerateArray().Select((item, i) => (item, rule.Value, $"{path}[{i}]")), problems),
                _ => throw new InvalidDataException($"The schema uses {rule.Name}, which this test does not know."),
            };
            if (!holds)
            {
                problems.Add($"{path}: {rule.Name}");
            }
        }
    }

    private static bool JudgeMembers(JsonElement value, JsonElement schema, string path, List<string> problems)
    {
        var properties = schema.GetProperty("properties");
        return value.ValueKind != JsonValueKind.Object
            || value.EnumerateObject().All(member => properties.TryGetProperty(member.Name, out var rule) && JudgeAll([(member.Value, rule, $"{path}.{member.Name}")], problems));
    }

    private static bool JudgeAll(IEnumerable<(JsonElement Value, JsonElement Schema, string Path)> parts, List<string> problems)
    {
        foreach (var (value, schema, path) in parts)
        {
            Judge(value, schema, path, problems);
        }

        return true;
    }

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => value.ValueKind == JsonValueKind.Number,
    };
}
