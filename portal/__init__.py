"""The portal: settings, addresses, servers, timetable, demo and the templates every page stands on."""
