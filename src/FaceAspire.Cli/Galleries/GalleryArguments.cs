using System.CommandLine;
using FaceAspire.Gallery;

namespace FaceAspire.Cli.Galleries;

/// <summary>The options that several commands take. What is not given is what the service would take: from its variables, else its defaults.</summary>
internal sealed class GalleryArguments
{
    /// <summary>Where the galleries are.</summary>
    public Option<string?> DataDir { get; } = new("--data-dir") { Description = "Folder of the galleries; default: the variable DATA_DIR, else the user's data folder." };

    /// <summary>The gallery.</summary>
    public Option<string> Gallery { get; } = new("--gallery") { Description = "Name of the gallery.", DefaultValueFactory = static _ => GalleryNames.Default };

    /// <summary>The recogniser.</summary>
    public Option<string> Model { get; } = Setting("--model", "Recogniser, by the catalogue's name", "DEFAULT_MODEL", "FaceLite");

    /// <summary>The detector.</summary>
    public Option<string> Detector { get; } = Setting("--detector", "Detector, by the catalogue's name, or skip: the whole picture is the face", "DEFAULT_DETECTOR", "facelite");

    /// <summary>How faces are cut.</summary>
    public Option<string> Alignment { get; } = Setting("--alignment", "auto, native or deepface", "DEFAULT_ALIGNMENT", "auto");

    /// <summary>Where the models are.</summary>
    public Option<string?> ModelsDir { get; } = new("--models-dir") { Description = "Folder of model files; default: the variable MODELS_DIR." };

    /// <summary>A command that only looks at what is kept.</summary>
    public Command Plain(string name, string description) => new(name, description) { DataDir, Gallery };

    /// <summary>A command that reads faces.</summary>
    public Command Reading(string name, string description) => new(name, description) { DataDir, Gallery, Model, Detector, Alignment, ModelsDir };

    private static Option<string> Setting(string name, string description, string variable, string otherwise) => new(name)
    {
        Description = $"{description}; default: the variable {variable}, else {otherwise}.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set ? set : otherwise,
    };
}
