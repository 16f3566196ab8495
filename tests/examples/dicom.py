"""A DICOM file with a waveform of two leads."""

import numpy as np

COUNTS = np.random.default_rng(0).integers(-500, 500, size=(1000, 2)).astype("<i2")


def channel(name):
    from pydicom.dataset import Dataset

    one, source, unit = Dataset(), Dataset(), Dataset()
    source.CodeMeaning, source.CodeValue, source.CodingSchemeDesignator = name, "1", "MDC"
    unit.CodeMeaning, unit.CodeValue, unit.CodingSchemeDesignator = "microvolt", "uV", "UCUM"
    one.ChannelSourceSequence = [source]
    one.ChannelSensitivityUnitsSequence = [unit]
    one.ChannelSensitivity, one.ChannelSensitivityCorrectionFactor = 2.5, 1
    one.ChannelBaseline, one.WaveformBitsStored = 0, 16
    return one


def write(path, **changes):
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, TwelveLeadECGWaveformStorage, generate_uid

    group = Dataset()
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = 2, 1000
    group.SamplingFrequency, group.WaveformBitsAllocated = 500, 16
    group.WaveformSampleInterpretation = "SS"
    group.ChannelDefinitionSequence = [channel("Lead I"), channel("Lead II")]
    group.WaveformData = COUNTS.tobytes()
    for key, value in changes.items():
        setattr(group, key, value)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = TwelveLeadECGWaveformStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    data = Dataset()
    data.file_meta = meta
    data.SOPClassUID = TwelveLeadECGWaveformStorage
    data.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    data.AcquisitionDateTime = "20240305100000"
    data.WaveformSequence = [group]
    data.save_as(path, enforce_file_format=True)
    return path
