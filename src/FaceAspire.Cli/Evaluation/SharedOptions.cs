using System.CommandLine;

namespace FaceAspire.Cli.Evaluation;

/// <summary>The options that more than one kind of evaluation takes.</summary>
internal sealed class SharedOptions
{
    /// <summary>The model that is measured.</summary>
    public Option<string?> Model { get; } = new("--model")
    {
        Description = "Recogniser or attribute model, by the catalogue's name; default: FaceLite, or for each attribute the first model that tells it.",
    };

    /// <summary>The detector that finds the faces.</summary>
    public Option<string> Detector { get; } = new("--detector")
    {
        Description = "Detector, by the catalogue's name; or skip, but not with --detection: the whole picture is the face.",
        DefaultValueFactory = static _ => "facelite",
    };

    /// <summary>Where the models are.</summary>
    public Option<string?> ModelsDir { get; } = new("--models-dir") { Description = "Folder of model files; default: the variable MODELS_DIR." };
}
