using System.Globalization;
using System.Text.RegularExpressions;

namespace FaceAspire.Local.Manifest;

/// <summary>Replaces the expressions of a manifest, such as <c>{detection.bindings.http.url}</c>, by what they stand for on this machine, where every binding
/// listens on a port of the loopback address. Not for use by several threads at once.</summary>
/// <param name="manifest">Whose expressions they are.</param>
/// <param name="inputs">What the operator said, by the parameter's name.</param>
public sealed partial class ManifestResolver(AspireManifest manifest, IReadOnlyDictionary<string, string> inputs)
{
    /// <summary>Where every binding listens.</summary>
    public const string Host = "127.0.0.1";

    private readonly Dictionary<string, string> _generated = [];

    /// <summary>Replaces every expression of a text, and those that these lead to. A generated value stays the same.</summary>
    /// <param name="text">Text with expressions in braces.</param>
    /// <param name="ports">Port of each binding.</param>
    /// <exception cref="ManifestException">An expression is unknown, leads to itself or needs an input that nobody gave; the message names it.</exception>
    public string Resolve(string text, IReadOnlyDictionary<(string Resource, string Binding), int> ports) => Resolve(text, ports, []);

    private string Resolve(string text, IReadOnlyDictionary<(string, string), int> ports, Stack<string> open) => Expression().Replace(text, match =>
    {
        string expression = match.Groups[1].Value;
        if (expression.Length == 0)
        {
            throw new ManifestException($"'{text}': a brace that belongs to no expression.");
        }

        if (open.Contains(expression))
        {
            throw new ManifestException($"{{{expression}}} leads to itself.");
        }

        open.Push(expression);
        string value = Evaluate(expression, ports, open);
        open.Pop();
        return value;
    });

    private string Evaluate(string expression, IReadOnlyDictionary<(string, string), int> ports, Stack<string> open)
    {
        string[] parts = expression.Split('.');
        return (manifest.Resources.GetValueOrDefault(parts[0]), parts[1..]) switch
        {
            (ParameterResource parameter, ["value"]) => Resolve(parameter.Value, ports, open),
            (ParameterResource parameter, ["inputs", var name]) when parameter.Inputs.TryGetValue(name, out var input) => Input(parts[0], input),
            (AnnotatedStringResource { Filter: AnnotatedStringResource.UriFilter } text, ["value"]) => Uri.EscapeDataString(Resolve(text.Value, ports, open)),
            (ContainerResource { ConnectionString: { } connection }, ["connectionString"]) => Resolve(connection, ports, open),
            (ValueResource value, ["connectionString"]) => Resolve(value.ConnectionString, ports, open),
            (RunningResource running, ["bindings", var name, var property])
                when running.Bindings.TryGetValue(name, out var binding) && ports.TryGetValue((parts[0], name), out int port) => Part(binding, port, property, expression),
            _ => throw Unknown(expression),
        };
    }

    private string Input(string parameter, ParameterInput input)
    {
        if (inputs.TryGetValue(parameter, out string? given))
        {
            return given;
        }

        if (input.Default is { Value: { } value })
        {
            return value;
        }

        var generate = input.Default?.Generate ?? throw new ManifestException($"The parameter '{parameter}' has no default: give it a value.");
        if (!_generated.TryGetValue(parameter, out string? generated))
        {
            _generated[parameter] = generated = generate.Create();
        }

        return generated;
    }

    private static string Part(ResourceBinding binding, int port, string property, string expression)
    {
        string number = port.ToString(CultureInfo.InvariantCulture);
        return property switch
        {
            "host" => Host,
            "port" or "targetPort" => number,
            "scheme" => binding.Scheme,
            "url" => $"{binding.Scheme}://{Host}:{number}",
            _ => throw Unknown(expression),
        };
    }

    private static ManifestException Unknown(string expression) => new($"{{{expression}}} is no expression that is known.");

    // The second branch catches a brace without its counterpart.
    [GeneratedRegex(@"\{([^{}]+)\}|[{}]")]
    private static partial Regex Expression();
}
