"""Reading other people's files: the reference table of wards, ONS postcode directories, ONS boundaries."""
