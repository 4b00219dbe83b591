namespace FaceAspire.Contracts.Names;

/// <summary>What enrolment does with a picture of several faces.</summary>
public enum SeveralFaces
{
    /// <summary>Takes the largest one.</summary>
    Largest,

    /// <summary>Takes all of them, each as a face of the subject.</summary>
    All,

    /// <summary>Refuses the picture.</summary>
    Error,
}
