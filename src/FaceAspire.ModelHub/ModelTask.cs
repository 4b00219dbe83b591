namespace FaceAspire.ModelHub;

/// <summary>What a model of the catalogue is for. A name is unique within its task, not beyond it.</summary>
public enum ModelTask
{
    /// <summary>Finds faces in a picture.</summary>
    Detection,

    /// <summary>Turns a face into an embedding.</summary>
    Recognition,

    /// <summary>Tells age, gender, emotion or race of a face.</summary>
    Attributes,

    /// <summary>Tells a person before the camera from a print or a screen.</summary>
    Liveness,

    /// <summary>Says how good a face's picture is.</summary>
    Quality,
}
