"""Reports for agents, over the Model Context Protocol.

folder ─ newest ─> store, encoder ─ search_api.answer, catalog, citation, verify ─ outputs ─┐
                                                                                            v
            agent <─ transports: stdio, HTTP <─ server <─ tools, resources, prompt
"""
