using System.CommandLine;
using FaceAspire.ModelHub;

namespace FaceAspire.Cli.Models;

/// <summary>The options that several commands take. What is not given is what the service's variables say.</summary>
/// <param name="variable">What the environment says; null where it says nothing.</param>
internal sealed class ModelArguments(Func<string, string?> variable)
{
    /// <summary>Which models.</summary>
    public Argument<string[]> Names { get; } = new("name") { Description = "Names of the catalogue, such as Dlib; of a name that several tasks have, such as recognition/FaceLite.", Arity = ArgumentArity.ZeroOrMore };

    /// <summary>Where the models are.</summary>
    public Option<string?> ModelsDir { get; } = new("--models-dir") { Description = "Folder of model files, looked into first; default: the variable MODELS_DIR." };

    /// <summary>A command on models.</summary>
    public Command Plain(string name, string description) => new(name, description) { ModelsDir };

    /// <summary>The settings of the service, with what is given instead.</summary>
    public ModelHubOptions Settings(ParseResult arguments, string? mirror = null)
    {
        var settings = new ModelHubOptions();
        settings.ModelsDir = arguments.GetValue(ModelsDir) ?? Variable("MODELS_DIR");
        settings.ModelsCache = Variable("MODELS_CACHE") ?? settings.ModelsCache;
        settings.ModelsMirror = mirror ?? Variable("MODELS_MIRROR");
        return settings;
    }

    private string? Variable(string name) => variable(name) is { Length: > 0 } set ? set : null;
}
