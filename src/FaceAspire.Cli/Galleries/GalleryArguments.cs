using System.CommandLine;
using FaceAspire.Gallery;

namespace FaceAspire.Cli.Galleries;

/// <summary>The options that several commands take. What is not given is what the service would take: what the gallery has, else its variables, else its defaults.</summary>
/// <param name="variable">What the environment says; null where it says nothing.</param>
internal sealed class GalleryArguments(Func<string, string?> variable)
{
    private const string DefaultModel = "FaceLite";
    private const string DefaultDetector = "facelite";
    private const string DefaultAlignment = "auto";

    /// <summary>Where the galleries are.</summary>
    public Option<string?> DataDir { get; } = new("--data-dir") { Description = "Folder of the galleries; default: the variable DATA_DIR, else the user's data folder." };

    /// <summary>The gallery.</summary>
    public Option<string> Gallery { get; } = new("--gallery") { Description = "Name of the gallery.", DefaultValueFactory = static _ => GalleryNames.Default };

    /// <summary>The recogniser.</summary>
    public Option<string?> Model { get; } = Setting("--model", "Recogniser, by the catalogue's name", "DEFAULT_MODEL", DefaultModel);

    /// <summary>The detector.</summary>
    public Option<string?> Detector { get; } = Setting("--detector", "Detector, by the catalogue's name, or skip: the whole picture is the face", "DEFAULT_DETECTOR", DefaultDetector);

    /// <summary>How faces are cut.</summary>
    public Option<string?> Alignment { get; } = Setting("--alignment", "auto, native or deepface", "DEFAULT_ALIGNMENT", DefaultAlignment);

    /// <summary>Where the models are.</summary>
    public Option<string?> ModelsDir { get; } = new("--models-dir") { Description = "Folder of model files; default: the variable MODELS_DIR." };

    /// <summary>A command that only looks at what is kept.</summary>
    public Command Plain(string name, string description) => new(name, description) { DataDir, Gallery };

    /// <summary>A command that reads faces.</summary>
    public Command Reading(string name, string description) => new(name, description) { DataDir, Gallery, Model, Detector, Alignment, ModelsDir };

    /// <summary>What a variable of the environment says; null where it is not set, or blank.</summary>
    public string? Variable(string name) => variable(name) is { Length: > 0 } set ? set : null;

    /// <summary>The recogniser, detector and alignment of a gallery that has no faces yet: what is given, else what the variables say, else the service's defaults.</summary>
    public (string Model, string Detector, string Alignment) Choice(ParseResult arguments) => (
        arguments.GetValue(Model) ?? Variable("DEFAULT_MODEL") ?? DefaultModel,
        arguments.GetValue(Detector) ?? Variable("DEFAULT_DETECTOR") ?? DefaultDetector,
        arguments.GetValue(Alignment) ?? Variable("DEFAULT_ALIGNMENT") ?? DefaultAlignment);

    private static Option<string?> Setting(string name, string description, string variable, string otherwise) =>
        new(name) { Description = $"{description}; default: what the gallery has (not of sync), else the variable {variable}, else {otherwise}." };
}
